package io.afnio4j.model;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The address of a model: {@code openai/gpt-4o}.
 *
 * @param provider the part before the first slash
 * @param model the rest; it may hold slashes itself, as in {@code openai/meta-llama/llama-3-8b}
 */
public record ModelPath(String provider, String model) {

    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException where a part is empty, the provider holds a slash, or there is a space or a line
     *     break in either
     */
    public ModelPath {
        if (!isName(provider) || !isName(model) || provider.indexOf('/') >= 0) {
            throw malformed(provider + "/" + model);
        }
    }

    /**
     * Parses a path. Space around it is left out.
     *
     * @param path {@code provider/model}
     * @return the path
     * @throws IllegalArgumentException where a part is missing, or holds a space or a line break
     */
    public static ModelPath parse(String path) {
        String trimmed = path.strip();
        int slash = trimmed.indexOf('/');
        if (slash < 0) {
            throw malformed(path);
        }
        return new ModelPath(trimmed.substring(0, slash), trimmed.substring(slash + 1));
    }

    private static boolean isName(String part) {
        return !part.isEmpty()
                && part.codePoints().noneMatch(c -> Character.isWhitespace(c) || Character.isISOControl(c));
    }

    private static IllegalArgumentException malformed(String path) {
        return new IllegalArgumentException(
                "A model path has the form provider/model, such as openai/gpt-4o, but this is '" + path + "'.");
    }

    /**
     * Finds who makes clients for this path, among the providers that the thread's class loader or afnio4j's own can
     * see.
     *
     * @return the provider
     * @throws IllegalArgumentException where no provider of that name is on the class path, or more than one
     */
    public ModelProvider resolve() {
        TreeMap<String, ModelProvider> known = new TreeMap<>();
        addProviders(known, ModelPath.class.getClassLoader());
        addProviders(known, Thread.currentThread().getContextClassLoader());
        ModelProvider found = known.get(provider);
        if (found == null) {
            throw new IllegalArgumentException("No provider '" + provider + "' is on the class path; known are "
                    + known.keySet() + ". OpenAI-compatible servers use openai/<model> with a base URL.");
        }
        return found;
    }

    private static void addProviders(Map<String, ModelProvider> known, @Nullable ClassLoader from) {
        for (ModelProvider found : ServiceLoader.load(ModelProvider.class, from)) {
            ModelProvider other = known.putIfAbsent(found.name(), found);
            if (other != null && other.getClass() != found.getClass()) {
                throw new IllegalArgumentException("Two providers are called '" + found.name() + "': "
                        + other.getClass().getName() + " and "
                        + found.getClass().getName()
                        + ". Give one of them another name.");
            }
        }
    }

    @Override
    public String toString() {
        return provider + "/" + model;
    }
}
