package io.afnio4j.model;

import java.util.ServiceLoader;
import java.util.TreeMap;

/**
 * The address of a model: {@code openai/gpt-4o}.
 *
 * @param provider the part before the first slash
 * @param model the rest; it may hold slashes itself, as in {@code openai/meta-llama/llama-3-8b}
 */
public record ModelPath(String provider, String model) {

    /**
     * Parses a path.
     *
     * @param path {@code provider/model}
     * @return the path
     * @throws IllegalArgumentException where a part is missing
     */
    public static ModelPath parse(String path) {
        int slash = path.indexOf('/');
        if (slash < 1 || slash == path.length() - 1 || path.isBlank()) {
            throw new IllegalArgumentException(
                    "A model path has the form provider/model, such as openai/gpt-4o, but this is '" + path + "'.");
        }
        return new ModelPath(
                path.substring(0, slash).strip(), path.substring(slash + 1).strip());
    }

    /**
     * Finds who makes clients for this path.
     *
     * @return the provider
     * @throws IllegalArgumentException where no provider of that name is on the class path
     */
    public ModelProvider resolve() {
        TreeMap<String, ModelProvider> known = new TreeMap<>();
        ServiceLoader.load(ModelProvider.class, ModelPath.class.getClassLoader())
                .forEach(found -> known.put(found.name(), found));
        ModelProvider found = known.get(provider);
        if (found == null) {
            throw new IllegalArgumentException("No provider '" + provider + "' is on the class path; known are "
                    + known.keySet() + ". OpenAI-compatible servers use openai/<model> with a base URL.");
        }
        return found;
    }

    @Override
    public String toString() {
        return provider + "/" + model;
    }
}
