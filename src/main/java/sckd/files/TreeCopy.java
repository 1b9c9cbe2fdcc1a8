package sckd.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import sckd.UserException;

/** Copies of directories, symbolic links as what they point to: model hubs keep their downloads as links into a store. */
public final class TreeCopy {
    private TreeCopy() {}

    /**
     * Copies what is in a directory.
     *
     * @param wanted is asked for each path, relative to {@code from}
     * @throws UserException if something in {@code from} cannot be read
     * @throws IOException if {@code to} cannot be written
     */
    public static void copy(Path from, Path to, Predicate<Path> wanted) throws IOException {
        for (var part : list(from)) {
            var path = from.relativize(part);
            if (wanted.test(path)) {
                copyOne(part, to.resolve(path.toString()));
            }
        }
    }

    /**
     * All that is in a directory, at every depth, each folder before what is in it.
     *
     * @throws UserException if a folder cannot be read
     */
    public static List<Path> list(Path directory) {
        try (var walk = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
            return walk.skip(1).toList();
        } catch (IOException e) {
            throw IoReason.unreadable(directory, e);
        } catch (UncheckedIOException e) {
            throw IoReason.unreadable(directory, e.getCause());
        }
    }

    private static void copyOne(Path from, Path to) throws IOException {
        if (Files.isDirectory(from)) {
            Files.createDirectory(to);
            return;
        }
        try (var in = open(from)) {
            Files.copy(in, to); // the bytes without their permissions: a copy of something read-only can be removed
        }
    }

    private static InputStream open(Path file) {
        try {
            return Files.newInputStream(file);
        } catch (IOException e) {
            throw IoReason.unreadable(file, e);
        }
    }
}
