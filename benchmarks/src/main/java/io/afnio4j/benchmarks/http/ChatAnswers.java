package io.afnio4j.benchmarks.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the server sends, as the bytes on the wire. */
final class ChatAnswers {

    private static final int WORDS = 20;

    private static final String USAGE = "{\"prompt_tokens\":140,\"completion_tokens\":80,\"total_tokens\":220,"
            + "\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0},"
            + "\"completion_tokens_details\":{\"reasoning_tokens\":0,\"audio_tokens\":0}}";

    static final List<ByteBuf> WHOLE = List.of(whole());

    /** In pieces, each of which is flushed. */
    static final List<ByteBuf> STREAMED = streamed();

    private ChatAnswers() {}

    private static ByteBuf whole() {
        String json = String.format(Locale.ROOT, """
                {"id":"chatcmpl-1","object":"chat.completion","created":1763900000,"model":"gpt-4o-2024-08-06","choices":[{"index":0,"message":{"role":"assistant",\
                "content":"%s","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":%s,"service_tier":"default",\
                "system_fingerprint":"fp_1"}""", Prompt.ANSWER, USAGE);
        return bytes("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + json.length()
                + "\r\n\r\n" + json);
    }

    private static List<ByteBuf> streamed() {
        List<ByteBuf> parts = new ArrayList<>();
        parts.add(bytes("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"));
        for (int word = 0; word < WORDS; word++) {
            parts.add(event("[{\"index\":0,\"delta\":{\"content\":\" word" + word
                    + "\"},\"logprobs\":null,\"finish_reason\":null}],\"usage\":null"));
        }
        parts.add(event("[{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":null"));
        parts.add(event("[],\"usage\":" + USAGE));
        parts.add(chunk("data: [DONE]\n\n"));
        parts.add(bytes("0\r\n\r\n"));
        return List.copyOf(parts);
    }

    private static ByteBuf event(String choices) {
        return chunk("data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1763900000,"
                + "\"model\":\"gpt-4o-2024-08-06\",\"system_fingerprint\":\"fp_1\",\"choices\":" + choices + "}\n\n");
    }

    private static ByteBuf chunk(String text) {
        return bytes(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
    }

    static ByteBuf bytes(String ascii) {
        byte[] bytes = ascii.getBytes(StandardCharsets.US_ASCII);
        return Unpooled.unreleasableBuffer(Unpooled.directBuffer(bytes.length).writeBytes(bytes));
    }
}
