package sckd.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which directory lies in which, however they are named. */
public final class Nesting {
    private Nesting() {}

    /** Whether a path is a directory or leads into it; the path's own end need not exist. */
    public static boolean contains(Path directory, Path path) throws IOException {
        if (!Files.exists(directory)) {
            return false;
        }
        var real = directory.toRealPath();
        for (var part = path.toAbsolutePath().normalize(); part != null; part = part.getParent()) {
            if (Files.exists(part)) {
                return part.toRealPath().startsWith(real); // what exists not leads nowhere else
            }
        }
        return false;
    }
}
