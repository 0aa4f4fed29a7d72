package io.afnio4j.cognitive;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Modules by name, for a module that has one for each of several cases.
 *
 * @param <M> their type
 */
public final class ModuleMap<M extends Module> extends Module {

    private final Map<String, M> parts;

    private ModuleMap(Map<String, M> parts) {
        this.parts = parts;
        parts.forEach((name, part) -> register(name, part));
    }

    /**
     * Makes a module of others.
     *
     * @param parts the modules by name, without dots; the map's order is kept, and is that of their parameters.
     *     {@code Map.of} has another one in each run: where trainings are to go on from checkpoints, take a
     *     {@code LinkedHashMap}
     * @param <M> their type
     * @return the module
     */
    public static <M extends Module> ModuleMap<M> of(Map<String, ? extends M> parts) {
        return new ModuleMap<>(Collections.unmodifiableMap(new LinkedHashMap<>(parts)));
    }

    /**
     * The module of a name.
     *
     * @param name its name
     * @return the module
     * @throws IllegalArgumentException where there is none
     */
    public M get(String name) {
        M part = parts.get(name);
        if (part == null) {
            throw new IllegalArgumentException("No module is named '" + name + "'; there are " + parts.keySet() + ".");
        }
        return part;
    }

    /** The modules by name. */
    public Map<String, M> parts() {
        return parts;
    }
}
