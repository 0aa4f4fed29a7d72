package io.afnio4j.serial;

import io.afnio4j.error.BadFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The file or stream at hand, by the name that messages give it: never the whole path, which may tell of the machine.
 *
 * @param name how a sentence about it begins
 */
record Place(String name) {

    static final Place STREAM = new Place("The stream");

    private static final int SHOWN = 80;

    static Place of(Path file) {
        Path last = file.getFileName();
        return new Place(shown(last == null ? file.toString() : last.toString()));
    }

    /** An error about this place: the name, then what is wrong with it and what to do, without the full stop. */
    BadFileException bad(String problem) {
        return bad(problem, null);
    }

    BadFileException bad(String problem, @Nullable Throwable cause) {
        return new BadFileException(name + " " + problem + ".", cause);
    }

    /** A name that a stranger chose, made fit for a message: short and without control characters. */
    static String shown(String text) {
        String printable = text.codePoints()
                .limit(SHOWN)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return text.codePointCount(0, text.length()) > SHOWN ? printable + "..." : printable;
    }
}
