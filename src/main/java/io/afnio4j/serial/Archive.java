package io.afnio4j.serial;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * The zip around the entries, in memory. Writing gives equal bytes for equal entries: the time stamp is fixed and the
 * order is the caller's. Reading goes through the archive from its first byte and believes no size that a header
 * claims: bytes are counted as they come out. The directory at the end is used for one thing only, to see that nothing
 * is missing or added.
 */
final class Archive {

    private static final int LOCAL_HEADER = 0x04034b50;
    private static final int END_OF_DIRECTORY = 0x06054b50;
    private static final int END_LENGTH = 22;
    private static final int LONGEST_NAME = 200;
    private static final Pattern NAME = Pattern.compile("[\\w.-]+(/[\\w.-]+)*");
    private static final Pattern DOTS = Pattern.compile("(^|.*/)\\.\\.?(/.*|$)");

    // Not 1980-01-01, where zip time begins: the JDK takes that for "unknown" and adds a field that depends on the time
    // zone.
    private static final LocalDateTime STAMP = LocalDateTime.of(2000, 1, 1, 0, 0);

    private final ReadLimits limits;
    private final Place place;

    Archive(ReadLimits limits, Place place) {
        this.limits = limits;
        this.place = place;
    }

    byte[] pack(Map<String, byte[]> entries) {
        long unpacked =
                entries.values().stream().mapToLong(entry -> entry.length).sum();
        if (unpacked > limits.unpackedBytes()) {
            throw tooLargeToWrite(unpacked, limits.unpackedBytes());
        }
        byte[] packed = deflate(entries, Deflater.DEFAULT_COMPRESSION);
        if (unpacked > allowed(packed.length)) {
            // A text that repeats itself packs so well that readers would take it for a bomb.
            packed = deflate(entries, Deflater.NO_COMPRESSION);
        }
        if (packed.length > limits.packedBytes()) {
            throw tooLargeToWrite(packed.length, limits.packedBytes());
        }
        return packed;
    }

    private static byte[] deflate(Map<String, byte[]> entries, int level) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setLevel(level);
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                ZipEntry header = new ZipEntry(entry.getKey());
                header.setTimeLocal(STAMP);
                zip.putNextEntry(header);
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException("memory doesn't fail", impossible);
        }
        return bytes.toByteArray();
    }

    Map<String, byte[]> unpack(byte[] packed) {
        int listed = checkFrame(packed);
        Map<String, byte[]> entries = inflate(packed);
        if (entries.size() != listed) {
            throw place.bad("is damaged: its directory lists " + listed + " entries, but " + entries.size()
                    + " are there; restore a copy that is whole");
        }
        return entries;
    }

    /** Checks both ends of the archive. Returns how many entries its directory lists. */
    private int checkFrame(byte[] packed) {
        if (packed.length == 0) {
            throw place.bad("is empty; restore a copy that is whole");
        }
        if (packed.length > limits.packedBytes()) {
            throw place.bad("has more than " + limits.packedBytes()
                    + " bytes; if you trust it, read it with larger ReadLimits");
        }
        ByteBuffer bytes = ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN);
        if (packed.length < Integer.BYTES || bytes.getInt(0) != LOCAL_HEADER) {
            throw place.bad("isn't a .hf file: it doesn't begin like a zip archive; check that it is the right file");
        }
        int end = packed.length - END_LENGTH;
        if (end < 0 || bytes.getInt(end) != END_OF_DIRECTORY || directoryEnd(bytes, end) != end) {
            throw place.bad("is cut short, or something was added behind its end; restore a copy that is whole");
        }
        return Short.toUnsignedInt(bytes.getShort(end + 10));
    }

    private static long directoryEnd(ByteBuffer bytes, int end) {
        return Integer.toUnsignedLong(bytes.getInt(end + 12)) + Integer.toUnsignedLong(bytes.getInt(end + 16));
    }

    private Map<String, byte[]> inflate(byte[] packed) {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        int left = (int) allowed(packed.length);
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(packed))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                checkName(entry.getName(), entries);
                byte[] content = zip.readNBytes(left + 1);
                if (content.length > left) {
                    throw place.bad(
                            "unpacks to more than " + allowed(packed.length)
                                    + " bytes, too many for a file of its size; if you trust it, read it with larger ReadLimits");
                }
                left -= content.length;
                entries.put(entry.getName(), content);
            }
            return entries;
        } catch (EOFException cut) {
            throw place.bad("is cut short; restore a copy that is whole", cut);
        } catch (ZipException broken) {
            throw String.valueOf(broken.getMessage()).contains("encrypted")
                    ? place.bad("is encrypted; decrypt it first, as .hf files are never encrypted", broken)
                    : place.bad("is damaged; restore a copy that is whole", broken);
        } catch (IOException | IllegalArgumentException broken) { // the latter for a name that isn't UTF-8
            throw place.bad("is damaged; restore a copy that is whole", broken);
        }
    }

    private void checkName(String name, Map<String, byte[]> entries) {
        if (entries.size() == limits.entries()) {
            throw place.bad(
                    "has more than " + limits.entries() + " entries; if you trust it, read it with larger ReadLimits");
        }
        if (name.length() > LONGEST_NAME
                || !NAME.matcher(name).matches()
                || DOTS.matcher(name).matches()) {
            throw place.bad("has an entry named '" + Place.shown(name)
                    + "', but a .hf file has plain relative names only; check which program wrote it");
        }
        if (entries.containsKey(name)) {
            throw place.bad("has two entries named '" + Place.shown(name) + "'; check which program wrote it");
        }
    }

    private long allowed(int packedLength) {
        return Math.min(limits.unpackedBytes(), (long) limits.ratio() * packedLength);
    }

    private RuntimeException tooLargeToWrite(long bytes, int limit) {
        return place.bad("can't be written: it would have " + bytes + " bytes where " + limit
                + " are allowed; store less, or write and read it with larger ReadLimits");
    }
}
