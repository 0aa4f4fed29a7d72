package io.afnio4j.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.afnio4j.error.BadFileException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * A file of our own that grows by a line of {@link ExchangeJson} for each answer. A last line that was being written at
 * a crash counts as absent, unless only its end is missing; any other line that isn't a record of this version is an
 * error that names it. Empty lines are nothing, for people may mend such a file with an editor.
 *
 * @param <T> a line; its version is the first component, so that a line that was begun can be known
 */
public final class JsonLines<T extends JsonLines.Versioned> {

    private static final String BEGINNING = "{\"version\":";

    private final Class<T> type;
    private final int version;
    private final String file;
    private final String ifDamaged;
    private final String ifOfAnotherVersion;

    /**
     * A format, and how its errors are worded.
     *
     * @param type of a line
     * @param version that can be read
     * @param file its kind and path, for example {@code the journal /tmp/x}
     * @param ifDamaged what to do about a line that can't be read
     * @param ifOfAnotherVersion what to do about a line of another version
     */
    public JsonLines(Class<T> type, int version, String file, String ifDamaged, String ifOfAnotherVersion) {
        this.type = type;
        this.version = version;
        this.file = file;
        this.ifDamaged = ifDamaged;
        this.ifOfAnotherVersion = ifOfAnotherVersion;
    }

    /** A line. */
    public interface Versioned {

        /** Which version of the format it is of. */
        int version();
    }

    private record Version(int version) {}

    /**
     * Writes a line.
     *
     * @param line the record
     * @return its JSON and the end of the line, in UTF-8
     */
    public byte[] write(T line) {
        return (ExchangeJson.write(line) + "\n").getBytes(UTF_8);
    }

    /**
     * What a file holds.
     *
     * @param bytes how many the whole lines have; what stands behind them was begun
     * @param ended false where the last of them lacks the end of its line
     */
    public record Whole(long bytes, boolean ended) {

        /**
         * Cuts off what was begun, and ends the last line. Blocks.
         *
         * @param file a channel to the file, which stands behind the last line afterwards
         * @throws IOException where it can't be written
         */
        public void mend(FileChannel file) throws IOException {
            file.truncate(bytes).position(bytes);
            if (!ended) {
                file.write(ByteBuffer.wrap(new byte[] {'\n'}));
            }
        }
    }

    /**
     * Reads all whole lines; blocks.
     *
     * @param file its bytes, from the beginning
     * @param each gets each line, in order
     * @return what to keep of the file
     * @throws IOException where the bytes can't be read
     * @throws BadFileException where a line isn't one of this version
     */
    public Whole read(InputStream file, Consumer<T> each) throws IOException {
        InputStream bytes = new BufferedInputStream(file);
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        long at = 0;
        long whole = 0; // where the last whole line ends
        int number = 1;
        for (int next = bytes.read(); next >= 0; next = bytes.read()) {
            at++;
            if (next != '\n') {
                line.write(next);
                continue;
            }
            String text = text(line, number);
            if (!text.isBlank()) {
                each.accept(parse(text, number));
            }
            number++;
            line.reset();
            whole = at;
        }
        String rest = text(line, number);
        if (isWhole(rest)) {
            each.accept(parse(rest, number));
            return new Whole(at, false);
        }
        checkBegun(rest, number);
        return new Whole(whole, true);
    }

    /** Some editors put a mark of byte order before the first line. */
    private static String text(ByteArrayOutputStream line, int number) {
        String text = line.toString(UTF_8);
        return number == 1 && text.startsWith("\ufeff") ? text.substring(1) : text;
    }

    /** Many an editor writes no end behind the last line. */
    private static boolean isWhole(String rest) {
        try {
            return rest.startsWith(BEGINNING) && ExchangeJson.read(rest, Map.class) != null;
        } catch (JacksonException begun) {
            return false;
        }
    }

    /** What a process was writing when it was killed. But what isn't ours isn't to be cut. */
    private void checkBegun(String rest, int number) {
        String begun = rest.replace("\0", ""); // what some file systems leave after a power failure
        if (!begun.startsWith(BEGINNING) && !BEGINNING.startsWith(begun)) {
            throw damaged(number, null);
        }
    }

    private T parse(String text, int number) {
        int found;
        JacksonException cause = null;
        try {
            @Nullable T line = ExchangeJson.read(text, type);
            if (line != null && line.version() == version) {
                return line;
            }
            found = line == null ? version : line.version();
        } catch (JacksonException unreadable) {
            cause = unreadable;
            found = versionOf(text);
        }
        throw found == version ? damaged(number, cause) : ofAnotherVersion(found, number);
    }

    /** This version where the line doesn't say. */
    private int versionOf(String text) {
        try {
            @Nullable Version read = ExchangeJson.read(text, Version.class);
            return read == null ? version : read.version();
        } catch (JacksonException noLine) {
            return version;
        }
    }

    private BadFileException ofAnotherVersion(int found, int number) {
        return new BadFileException("Line " + number + " of " + file + " has version " + found
                + ", and this afnio4j reads version " + version + ". " + ifOfAnotherVersion);
    }

    private BadFileException damaged(int number, @Nullable JacksonException cause) {
        return new BadFileException("Line " + number + " of " + file + " can't be read. " + ifDamaged, cause);
    }
}
