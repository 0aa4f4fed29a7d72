package io.afnio4j.cognitive;

import io.afnio4j.autodiff.MultiTurnMessages;
import io.afnio4j.autodiff.Parameter;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * What is registered in a module and in those within it, of one kind: a list that has each object once, in order of
 * registration. The same by {@linkplain #byPath() path}, and only what the module itself {@linkplain #own()
 * registered}. A snapshot.
 *
 * @param <T> the kind, for example {@code Parameter}
 */
public final class Members<T> extends AbstractList<T> {

    private final List<T> each;
    private final Map<String, T> byPath;
    private final Map<String, T> own;

    private Members(Map<String, T> byPath, Map<String, T> own) {
        this.byPath = Collections.unmodifiableMap(byPath);
        this.own = Collections.unmodifiableMap(own);
        this.each = new ArrayList<>();
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (T member : byPath.values()) {
            if (seen.add(member)) {
                each.add(member);
            }
        }
    }

    /**
     * By path, such as {@code classifier.prompt}.
     *
     * @return what is registered in the module and in those within it; an object that is registered twice has two paths
     */
    public Map<String, T> byPath() {
        return byPath;
    }

    /**
     * By name, without the modules within.
     *
     * @return what the module itself registered
     */
    public Map<String, T> own() {
        return own;
    }

    @Override
    public T get(int index) {
        return each.get(index);
    }

    @Override
    public int size() {
        return each.size();
    }

    @SuppressWarnings("unchecked") // what is registered as this kind has this type
    static <T> Members<T> of(Module module, Member.Kind kind) {
        return collect(
                module,
                (owner, found) -> owner.registered().forEach((name, member) -> {
                    if (member.kind == kind) {
                        found.put(name, (T) member.value());
                    }
                }));
    }

    /** Parameters may stand in chats as well. */
    static Members<Parameter> parameters(Module module) {
        return collect(
                module,
                (owner, found) -> owner.registered().forEach((name, member) -> {
                    if (member.value() instanceof Parameter parameter) {
                        found.put(name, parameter);
                    } else if (member.value() instanceof MultiTurnMessages chat) {
                        chat.byPlace().forEach((place, part) -> {
                            if (part instanceof Parameter parameter) {
                                found.put(name + "." + place, parameter);
                            }
                        });
                    }
                }));
    }

    /** The module itself stands first, under the empty path. */
    static Members<Module> modules(Module module) {
        return new Members<>(ModuleTree.of(module), module.children());
    }

    private static <T> Members<T> collect(Module module, BiConsumer<Module, Map<String, T>> collector) {
        Map<String, T> byPath = new LinkedHashMap<>();
        ModuleTree.of(module).forEach((path, owner) -> {
            Map<String, T> found = new LinkedHashMap<>();
            collector.accept(owner, found);
            found.forEach((name, member) -> byPath.put(ModuleTree.path(path, name), member));
        });
        Map<String, T> own = new LinkedHashMap<>();
        collector.accept(module, own);
        return new Members<>(byPath, own);
    }
}
