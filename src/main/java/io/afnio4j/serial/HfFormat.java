package io.afnio4j.serial;

import io.afnio4j.error.BadFileException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Writes and reads {@code .hf} files:
 *
 * <pre>{@code
 * HfFormat format = HfFormat.standard();
 * Mono<Void> saved = format.save(Map.of("prompt", prompt, "epoch", 3L), Path.of("agent.hf"));
 * Mono<Object> loaded = format.load(Path.of("agent.hf"));
 * }</pre>
 *
 * <p>What can be stored is a tree of maps with text keys, lists, texts, whole and real numbers, booleans, null, and
 * {@link io.afnio4j.autodiff.Variable variables}, {@link io.afnio4j.autodiff.Parameter parameters} and
 * {@link io.afnio4j.autodiff.Message messages}. The root isn't null. Maps keep their order, {@code Integer} comes back
 * as {@code Long}, and maps and lists come back unmodifiable. A variable keeps its data, role, {@code requiresGrad},
 * and as a leaf its gradients; the graph behind it isn't stored, so it comes back as a leaf. What stands in the tree
 * twice comes back as two. Equal trees give equal files.
 *
 * <p>Immutable; may be used by many threads at once. What can't be read or written is a {@link BadFileException} whose
 * message names the file, the cause and the remedy.
 */
public final class HfFormat {

    private static final String MANIFEST = "manifest.json";
    private static final String DATA = "data.json";
    private static final HfFormat STANDARD = new HfFormat(ReadLimits.DEFAULTS);

    private final ReadLimits limits;

    private HfFormat(ReadLimits limits) {
        this.limits = limits;
    }

    /**
     * The format within {@link ReadLimits#DEFAULTS}.
     *
     * @return the format
     */
    public static HfFormat standard() {
        return STANDARD;
    }

    /**
     * The format within limits of one's own.
     *
     * @param limits what a file may ask of its reader
     * @return the format
     */
    public static HfFormat within(ReadLimits limits) {
        return new HfFormat(limits);
    }

    /**
     * Saves a tree to a file. The tree is encoded at the subscription, so later changes of it don't reach the file;
     * packing and writing is done on {@link Schedulers#boundedElastic()}. A crash or a cancellation leaves the old file
     * or the new one, never a part.
     *
     * @param root the tree
     * @param file where to; an existing file is replaced, the directory must exist. A link stays, and the file that it
     *     leads to is written; a device or a pipe is written to, a pipe when somebody reads it
     * @return completes when the file is on the disk; fails with a {@link BadFileException} where it can't be written,
     *     and with an {@link IllegalArgumentException} where the tree holds what can't be stored
     */
    public Mono<Void> save(Object root, Path file) {
        return Mono.defer(() -> {
            Map<String, byte[]> entries = entries(root, Place.of(file));
            return blocking(() -> {
                store(pack(entries, Place.of(file)), file);
                return null;
            });
        });
    }

    /**
     * Looks whether a file could be saved, before there is anything to save; leaves nothing. How much room there is on
     * the disk it doesn't see.
     *
     * @param file where to
     * @return completes where there is a place for it; fails with a {@link BadFileException} where {@link #save(Object,
     *     Path)} would fail with one
     */
    public Mono<Void> checkSaving(Path file) {
        return blocking(() -> {
            check(file);
            return null;
        });
    }

    /**
     * Loads a tree from a file, on {@link Schedulers#boundedElastic()}.
     *
     * @param file where from
     * @return the tree's root; fails with a {@link BadFileException} where the file can't be read
     */
    public Mono<Object> load(Path file) {
        return blocking(() -> read(file));
    }

    /**
     * Saves a tree to a stream. The tree is encoded at the subscription; packing and writing is done on
     * {@link Schedulers#boundedElastic()}, as a stream may block. The stream is flushed and stays open. Each
     * subscription writes the tree once more.
     *
     * @param root the tree
     * @param out where to
     * @return completes when the stream was flushed; fails with a {@link BadFileException} where the stream fails or
     *     the tree is beyond the limits, and with an {@link IllegalArgumentException} where the tree holds what can't
     *     be stored
     */
    public Mono<Void> save(Object root, OutputStream out) {
        return Mono.defer(() -> {
            Map<String, byte[]> entries = entries(root, Place.STREAM);
            return blocking(() -> {
                write(pack(entries, Place.STREAM), out);
                return null;
            });
        });
    }

    /**
     * Loads a tree from a stream, which is read to its end on {@link Schedulers#boundedElastic()} and stays open. As a
     * stream can be read once, the second subscription finds it empty.
     *
     * @param in where from
     * @return the tree's root; fails with a {@link BadFileException} where the stream fails or what it gives is no
     *     {@code .hf} file within the limits
     */
    public Mono<Object> load(InputStream in) {
        return blocking(() -> read(in));
    }

    /** Works on a thread that may block. A cancel interrupts it, and what fails by that is nobody's error. */
    private static <T> Mono<T> blocking(Callable<? extends @Nullable T> work) {
        return Mono.defer(() -> {
            AtomicBoolean cancelled = new AtomicBoolean();
            return Mono.<T>fromCallable(() -> {
                        try {
                            return work.call();
                        } catch (BadFileException failed) {
                            if (cancelled.get()) {
                                return null;
                            }
                            throw failed;
                        }
                    })
                    .subscribeOn(Schedulers.boundedElastic())
                    .doOnCancel(() -> cancelled.set(true));
        });
    }

    /** Blocks where the stream does. */
    private static void write(byte[] packed, OutputStream out) {
        try {
            out.write(packed);
            out.flush();
        } catch (IOException failed) {
            throw failure("written", Place.STREAM, failed);
        }
    }

    /** Reads from a stream to its end; blocks where the stream does. */
    Object read(InputStream in) {
        try {
            return decode(in, Place.STREAM);
        } catch (IOException failed) {
            throw failure("read", Place.STREAM, failed);
        }
    }

    /** Reads a file; blocks. */
    Object read(Path file) {
        Place place = Place.of(file);
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw place.bad("isn't a file but a directory or a device; check the path");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return decode(in, place);
        } catch (IOException failed) {
            throw failure("read", place, failed);
        }
    }

    /** Writes a file; blocks. */
    static void store(byte[] packed, Path file) {
        Place place = Place.of(file);
        try {
            if (isReplaceable(file, place)) {
                AtomicFile.replace(file, packed);
            } else {
                Files.write(file, packed);
            }
        } catch (IOException failed) {
            throw failure("written", place, failed);
        }
    }

    private static void check(Path file) {
        Place place = Place.of(file);
        try {
            if (isReplaceable(file, place)) {
                AtomicFile.check(file);
            } else if (!Files.isWritable(file)) {
                throw new AccessDeniedException(file.toString());
            }
        } catch (IOException failed) {
            throw failure("written", place, failed);
        }
    }

    /** A device or a pipe takes the bytes and stays what it is. */
    private static boolean isReplaceable(Path file, Place place) {
        if (Files.isDirectory(file)) {
            throw place.bad("is a directory, so no file of that name can be written; choose another name");
        }
        return Files.isRegularFile(file) || Files.notExists(file);
    }

    /** Most of the work, and none that depends on what becomes of the tree meanwhile. */
    private byte[] pack(Map<String, byte[]> entries, Place place) {
        return new Archive(limits, place).pack(entries);
    }

    private Map<String, byte[]> entries(Object root, Place place) {
        byte[] data = TreeWriter.write(root, limits, place);
        Kind type = Kind.of(root);
        if (type == null) {
            throw new IllegalArgumentException("The root of a .hf file can't be null.");
        }
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put(MANIFEST, TreeWriter.write(new Manifest(type).toTree(), limits, place));
        entries.put(DATA, data);
        return entries;
    }

    private Object decode(InputStream in, Place place) throws IOException {
        byte[] packed = in.readNBytes(limits.packedBytes() + 1);
        Map<String, byte[]> entries = new Archive(limits, place).unpack(packed);
        Manifest manifest =
                Manifest.of(TreeReader.read(entry(MANIFEST, entries, place), MANIFEST, limits, place), place);
        Object root = TreeReader.read(entry(DATA, entries, place), DATA, limits, place);
        if (root == null || Kind.of(root) != manifest.type()) {
            throw place.bad("is damaged: its manifest says that it holds a "
                    + manifest.type().label() + ", but something else is in it; restore a copy that is whole");
        }
        return root;
    }

    private static byte[] entry(String name, Map<String, byte[]> entries, Place place) {
        byte[] entry = entries.get(name);
        if (entry == null) {
            throw place.bad("isn't a .hf file of afnio4j: it has no " + name + "; check that it is the right file");
        }
        return entry;
    }

    /** The JDK's messages hold whole paths and differ between systems, so the usual causes are worded here. */
    private static BadFileException failure(String verb, Place place, IOException cause) {
        if (cause instanceof NoSuchFileException) {
            return place.bad(
                    verb.equals("read")
                            ? "doesn't exist; check the path"
                            : "can't be written because its directory doesn't exist; create it first",
                    cause);
        }
        if (cause instanceof AccessDeniedException) {
            return place.bad("may not be " + verb + "; check the permissions of the file and its directory", cause);
        }
        String reason = cause instanceof FileSystemException system ? system.getReason() : cause.getMessage();
        return place.bad(
                "can't be " + verb + " (" + (reason == null ? cause.getClass().getSimpleName() : reason)
                        + "); check the disk",
                cause);
    }
}
