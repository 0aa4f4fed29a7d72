package io.afnio4j.cognitive;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** What one module has registered, by name and in order of registration. */
final class Registered {

    private final Map<String, Member> members = new LinkedHashMap<>();

    void add(String name, Member.Kind kind, Object value, boolean saved) {
        if (name.isBlank() || name.contains(".")) {
            throw new IllegalArgumentException("A name in a module is a word without dots, not '" + name + "'.");
        }
        if (members.putIfAbsent(name, new Member(kind, value, saved)) != null) {
            throw new IllegalArgumentException("The name '" + name + "' is taken in this module.");
        }
    }

    /** What has this name, as it is now: loading a state may replace it. */
    Object get(String name, Member.Kind kind) {
        Member member = members.get(name);
        if (member == null || member.kind != kind) {
            throw new IllegalArgumentException("This module has no " + kind.word() + " '" + name + "'.");
        }
        return member.value();
    }

    void forEach(BiConsumer<String, Member> action) {
        members.forEach(action);
    }

    Map<String, Module> modules() {
        Map<String, Module> modules = new LinkedHashMap<>();
        forEach((name, member) -> {
            if (member.value() instanceof Module module) {
                modules.put(name, module);
            }
        });
        return Collections.unmodifiableMap(modules);
    }
}
