package io.afnio4j.serial;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The label on the file: which format, which version of it, and what the tree's root is. A reader trusts no other entry
 * before it has read this one. Within a major version, a newer writer may add fields and entries, and older readers
 * ignore them.
 *
 * @param type what the root of the tree is
 */
record Manifest(Kind type) {

    private static final String FORMAT = "afnio4j";
    private static final int MAJOR = 1;
    private static final int MINOR = 1;
    private static final Pattern VERSION = Pattern.compile("(\\d{1,6})\\.\\d{1,6}");

    Map<String, Object> toTree() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("format", FORMAT);
        fields.put("version", MAJOR + "." + MINOR);
        fields.put("type", type.label());
        fields.put("writer", writer());
        return fields;
    }

    static Manifest of(@Nullable Object tree, Place place) {
        if (!(tree instanceof Map<?, ?> fields) || !FORMAT.equals(fields.get("format"))) {
            throw place.bad(
                    "isn't a .hf file of afnio4j: its manifest names another format; check which program wrote it");
        }
        checkVersion(fields.get("version"), place);
        Kind type = Kind.named(fields.get("type"));
        if (type == null) {
            throw place.bad(
                    "holds something of a type that this afnio4j doesn't know; read it with the afnio4j that wrote it");
        }
        return new Manifest(type);
    }

    private static void checkVersion(@Nullable Object version, Place place) {
        Matcher parts = VERSION.matcher(version instanceof String text ? text : "");
        if (!parts.matches()) {
            throw place.bad("has no proper version in its manifest; restore a copy that is whole");
        }
        int major = Integer.parseInt(parts.group(1));
        if (major != MAJOR) {
            throw place.bad("is of format version " + parts.group() + ", but this afnio4j reads " + MAJOR + ".x; "
                    + (major > MAJOR ? "update afnio4j" : "read it with the afnio4j that wrote it"));
        }
    }

    private static String writer() {
        return Objects.requireNonNullElse(Manifest.class.getPackage().getImplementationVersion(), "development");
    }
}
