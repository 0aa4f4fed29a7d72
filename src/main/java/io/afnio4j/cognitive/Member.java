package io.afnio4j.cognitive;

import java.util.Locale;

/** Something that is registered in a module, under a name. What it holds may be replaced when a state is loaded. */
final class Member {

    /** What can be registered. */
    enum Kind {
        PARAMETER,
        BUFFER,
        MODULE,
        CHAT,
        MODEL,
        OPTIONS,
        FUNCTION;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    final Kind kind;
    final boolean saved;
    private volatile Object value;

    Member(Kind kind, Object value, boolean saved) {
        this.kind = kind;
        this.value = value;
        this.saved = saved;
    }

    Object value() {
        return value;
    }

    void value(Object replacement) {
        this.value = replacement;
    }
}
