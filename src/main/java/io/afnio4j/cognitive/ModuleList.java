package io.afnio4j.cognitive;

import java.util.List;

/**
 * Modules by number, for a module that has many of a kind. They are registered as {@code 0}, {@code 1} and so on.
 *
 * @param <M> their type
 */
public final class ModuleList<M extends Module> extends Module {

    private final List<M> parts;

    private ModuleList(List<M> parts) {
        this.parts = parts;
        for (int i = 0; i < parts.size(); i++) {
            register(String.valueOf(i), parts.get(i));
        }
    }

    /**
     * Makes a module of others.
     *
     * @param parts the modules
     * @param <M> their type
     * @return the module
     */
    public static <M extends Module> ModuleList<M> of(List<? extends M> parts) {
        return new ModuleList<>(List.copyOf(parts));
    }

    public M get(int index) {
        return parts.get(index);
    }

    /** The modules in their order. */
    public List<M> parts() {
        return parts;
    }
}
