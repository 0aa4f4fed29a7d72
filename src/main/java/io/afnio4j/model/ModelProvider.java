package io.afnio4j.model;

/**
 * Makes clients of one provider. Found through {@link java.util.ServiceLoader}: a jar that brings a provider of its own
 * registers it in {@code META-INF/services/io.afnio4j.model.ModelProvider}.
 */
public interface ModelProvider {

    /**
     * The part of a model path before the slash.
     *
     * @return for example {@code openai}
     */
    String name();

    /**
     * Makes a client. The client sends each request once: waiting, limits and retries are laid around it by others.
     *
     * @param model the part of the path after the first slash, for example {@code gpt-4o}
     * @param options how to reach the provider
     * @return a client; its {@link ChatModel#name()} is the whole path
     * @throws IllegalArgumentException where the options can't work
     * @throws io.afnio4j.error.AuthenticationException where a key is needed and neither options nor environment give one
     */
    ChatModel create(String model, ClientOptions options);
}
