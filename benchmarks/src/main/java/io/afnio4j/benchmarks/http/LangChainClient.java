package io.afnio4j.benchmarks.http;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiChatModel;
import java.time.Duration;

/** LangChain4j's client for OpenAI with its default transport, which is Java's HTTP client. A call holds a thread. */
final class LangChainClient {

    private final OpenAiChatModel model;

    LangChainClient(String baseUrl) {
        model = OpenAiChatModel.builder()
                .apiKey("sk-benchmark")
                .baseUrl(baseUrl)
                .modelName(Prompt.MODEL)
                .timeout(Duration.ofMinutes(1))
                .build();
    }

    void chat() {
        ChatResponse answer = model.chat(UserMessage.from(Prompt.TEXT));
        if (answer.aiMessage().text().isEmpty() || answer.tokenUsage() == null) {
            throw new IllegalStateException("LangChain4j got an empty answer.");
        }
    }
}
