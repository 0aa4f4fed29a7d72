package io.afnio4j.model.http;

import io.netty.buffer.ByteBufUtil;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a protocol writes, as the server reads it. */
public final class WrittenJson {

    private WrittenJson() {}

    public static JsonNode of(Consumer<JsonGenerator> content) {
        return JsonMapper.shared().readTree(ByteBufUtil.getBytes(JsonBody.write(content)));
    }
}
