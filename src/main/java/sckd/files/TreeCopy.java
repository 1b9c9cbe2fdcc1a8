package sckd.files;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/** Copies of directories. */
public final class TreeCopy {
    private TreeCopy() {}

    /**
     * Copies what is in a directory, links as what they point to.
     *
     * @param wanted is asked for each path, relative to {@code from}
     */
    public static void copy(Path from, Path to, Predicate<Path> wanted) throws IOException {
        List<Path> paths;
        try (var walk = Files.walk(from, FileVisitOption.FOLLOW_LINKS)) {
            paths = walk.filter(path -> !path.equals(from))
                    .map(from::relativize)
                    .filter(wanted)
                    .toList();
        }
        for (var path : paths) {
            copyOne(from.resolve(path), to.resolve(path.toString()));
        }
    }

    private static void copyOne(Path from, Path to) throws IOException {
        if (Files.isDirectory(from)) {
            Files.createDirectory(to);
            return;
        }
        try (var in = Files.newInputStream(from)) {
            Files.copy(in, to); // the bytes without their permissions: a copy of something read-only can be removed
        }
    }
}
