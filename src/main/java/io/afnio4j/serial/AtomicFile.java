package io.afnio4j.serial;

import io.afnio4j.file.Links;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Replaces a file as a whole. The new content goes to a temporary file in the same directory, is forced to the disk,
 * and takes the old file's name in one move. Whoever looks at any moment, after a crash too, finds the old content or
 * the new.
 */
final class AtomicFile {

    private AtomicFile() {}

    static void replace(Path file, byte[] content) throws IOException {
        Path target = Links.target(file); // a link stays a link
        Path temporary = beside(target);
        try {
            writeAndForce(temporary, content);
            keepPermissions(target, temporary);
            move(temporary, target);
        } finally {
            Files.deleteIfExists(temporary); // there is one only if something failed
        }
        forceDirectory(target.resolveSibling("."));
    }

    /** Fails where {@link #replace} would have no place for its temporary file, and leaves nothing. */
    static void check(Path file) throws IOException {
        Path temporary = beside(Links.target(file));
        Files.createFile(temporary);
        Files.delete(temporary);
    }

    private static Path beside(Path target) {
        String tag = Long.toHexString(ThreadLocalRandom.current().nextLong());
        return target.resolveSibling("." + target.getFileName() + "." + tag + ".tmp");
    }

    private static void writeAndForce(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            Channels.newOutputStream(channel).write(content);
            channel.force(true);
        }
    }

    /** A file that its owner had closed to others must not be opened to them by being saved again. */
    private static void keepPermissions(Path from, Path to) throws IOException {
        PosixFileAttributeView old = Files.getFileAttributeView(from, PosixFileAttributeView.class);
        if (old != null && Files.exists(from)) {
            Files.setPosixFilePermissions(to, old.readAttributes().permissions());
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException notHere) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Makes the move itself last. Not every system lets a directory be opened; the file is whole in any case. */
    private static void forceDirectory(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException notHere) {
            return;
        }
    }
}
