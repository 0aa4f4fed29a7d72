package io.afnio4j.model.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/**
 * A request's body: JSON straight to the bytes that are sent. They lie on the heap, so a request that is never sent
 * loses nothing.
 */
final class JsonBody extends ByteArrayOutputStream {

    private static final JsonMapper MAPPER = JsonMapper.shared();

    private JsonBody() {
        super(1024);
    }

    /**
     * Writes a body.
     *
     * @param content writes one JSON value
     * @return UTF-8 bytes
     * @throws IllegalArgumentException where the content holds what isn't JSON
     */
    static ByteBuf write(Consumer<JsonGenerator> content) {
        JsonBody body = new JsonBody();
        try (JsonGenerator json = new WellFormedJson(MAPPER.createGenerator(body))) {
            content.accept(json);
        } catch (JacksonException notJson) {
            // Without the cause: its message may quote the value.
            throw new IllegalArgumentException(
                    "The options of the request hold a value that isn't JSON: text, number, boolean, list or"
                            + " map of these.");
        }
        return Unpooled.wrappedBuffer(body.buf, 0, body.count);
    }
}
