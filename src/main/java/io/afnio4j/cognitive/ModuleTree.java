package io.afnio4j.cognitive;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Modules within modules, and the paths that lead to them. */
final class ModuleTree {

    private ModuleTree() {}

    /**
     * A module and all within it by path, each before its parts; the first has the empty path. Walked with a stack of
     * its own.
     */
    static Map<String, Module> of(Module root) {
        Map<String, Module> tree = new LinkedHashMap<>();
        Deque<Map.Entry<String, Module>> open = new ArrayDeque<>();
        open.push(Map.entry("", root));
        while (!open.isEmpty()) {
            Map.Entry<String, Module> next = open.pop();
            tree.put(next.getKey(), next.getValue());
            List<Map.Entry<String, Module>> parts = new ArrayList<>();
            next.getValue().children().forEach((name, part) -> parts.add(Map.entry(path(next.getKey(), name), part)));
            Collections.reverse(parts);
            parts.forEach(open::push);
        }
        return tree;
    }

    /** The path of what an owner has registered under a name. */
    static String path(String owner, String name) {
        return owner.isEmpty() ? name : owner + "." + name;
    }
}
