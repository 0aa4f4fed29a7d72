package io.afnio4j.serial;

import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a value of the tree can be. */
enum Kind {
    TEXT,
    INTEGER,
    REAL,
    BOOLEAN,
    LIST,
    MAP,
    VARIABLE,
    PARAMETER,
    MESSAGE;

    /** The kind of a value, null for what can't be stored. */
    static @Nullable Kind of(@Nullable Object value) {
        if (value instanceof Variable) {
            return value instanceof Parameter ? PARAMETER : VARIABLE;
        }
        if (value instanceof Message) {
            return MESSAGE;
        }
        if (value instanceof String) {
            return TEXT;
        }
        if (value instanceof Long || value instanceof Integer) {
            return INTEGER;
        }
        if (value instanceof Double) {
            return REAL;
        }
        if (value instanceof Boolean) {
            return BOOLEAN;
        }
        if (value instanceof List) {
            return LIST;
        }
        return value instanceof Map ? MAP : null;
    }

    /** The kind of this name, null for a name that this version doesn't know. */
    static @Nullable Kind named(@Nullable Object name) {
        return Arrays.stream(values())
                .filter(kind -> kind.label().equals(name))
                .findAny()
                .orElse(null);
    }

    /** The name in files. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
