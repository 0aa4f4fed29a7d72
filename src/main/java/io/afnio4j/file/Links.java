package io.afnio4j.file;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where symbolic links lead. */
public final class Links {

    private static final int MOST = 40; // as many as Linux follows

    private Links() {}

    /**
     * The file that is meant by a path; blocks.
     *
     * @param path of a file that needn't exist, while its directory must
     * @return its own name, by which it is known whichever links lead to it; where the last of them leads to nothing
     *     yet, the file that writing through it would make
     * @throws IOException where the directory isn't there or may not be seen, and where links go round in a circle
     */
    public static Path target(Path path) throws IOException {
        Path file = path.toAbsolutePath();
        if (Files.exists(file)) {
            return file.toRealPath();
        }
        for (int followed = 0; Files.isSymbolicLink(file); followed++) {
            if (followed == MOST) {
                throw new FileSystemLoopException(path.toString());
            }
            file = file.resolveSibling(Files.readSymbolicLink(file));
        }
        return file.resolveSibling(".").toRealPath().resolve(file.getFileName());
    }
}
