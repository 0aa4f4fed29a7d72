package io.afnio4j.picture;

import io.afnio4j.autodiff.Node;
import java.util.regex.Pattern;

/** How closely one looks at a node: those that look the same may share a box. */
enum Looks {
    /** Functions by name and role, leaves by role, numbers aside. */
    ROLES {
        @Override
        String of(Node node) {
            return node.variable() != null ? leaf(node) : function(node) + ": " + withoutNumbers(node.role());
        }
    },
    /** Functions by name, leaves by role, numbers aside. */
    NAMES {
        @Override
        String of(Node node) {
            return node.variable() != null ? leaf(node) : function(node);
        }
    },
    /** Functions by name, and leaves as leaves. */
    KINDS {
        @Override
        String of(Node node) {
            return node.variable() != null ? LEAF : function(node);
        }
    };

    private static final String LEAF = "a leaf: ";
    private static final Pattern NUMBERS = Pattern.compile("\\d+");

    abstract String of(Node node);

    private static String leaf(Node node) {
        return LEAF + withoutNumbers(node.role());
    }

    private static String function(Node node) {
        return "a function: " + withoutNumbers(node.name());
    }

    /** What is left of a text that counts, such as {@code answer 7}: others of its kind have the same. */
    static String withoutNumbers(String text) {
        return NUMBERS.matcher(text).replaceAll("#");
    }
}
