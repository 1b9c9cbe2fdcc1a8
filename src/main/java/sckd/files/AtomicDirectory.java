package sckd.files;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import sckd.UserException;

/**
 * A directory that appears whole or not at all: written beside its place, every file and folder forced to the disk, then renamed. What a crash
 * leaves is a hidden neighbour {@code .NAME.partial}, replaced by the next try.
 */
public final class AtomicDirectory {
    /** Fills the directory that is to appear. */
    @FunctionalInterface
    public interface Writer {
        void write(Path directory) throws IOException;
    }

    private AtomicDirectory() {}

    /**
     * @param target does not exist, or is an empty directory
     * @throws UserException if the target is something else, or its disk does not take the files
     */
    public static void write(Path target, Writer writer) {
        checkFree(target);
        place(target, writer);
    }

    /**
     * As {@link #write}, but what stands at {@code target} stays there until the new directory is whole, then goes. No file system swaps two
     * directories in one step, so a crash between the two renames leaves the old one as {@code .NAME.replaced}; the next try puts it back first.
     *
     * @throws UserException if the disk does not take the files; the old directory is then as it was
     */
    public static void replace(Path target, Writer writer) {
        var old = neighbour(target, "replaced");
        try {
            if (exists(old) && !exists(target)) {
                Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
            }
            delete(old);
        } catch (IOException e) {
            throw new UserException("%s: cannot be replaced: %s".formatted(target, IoReason.of(e, target)), e);
        }
        place(target, writer);
    }

    /** Refuses a target that exists and is not an empty directory. */
    public static void checkFree(Path target) {
        if (!exists(target)) {
            return;
        }
        try {
            if (!isEmptyDirectory(target)) {
                throw new UserException(
                        "%s: exists already; expected a new or empty directory: name another or remove it"
                                .formatted(target));
            }
        } catch (IOException e) {
            throw IoReason.unreadable(target, e);
        }
    }

    /** Removes a directory and what is in it; nothing where there is none. */
    public static void delete(Path directory) throws IOException {
        if (exists(directory)) {
            MoreFiles.deleteRecursively(directory, RecursiveDeleteOption.ALLOW_INSECURE);
        }
    }

    private static void place(Path target, Writer writer) {
        var partial = neighbour(target, "partial");
        try {
            Files.createDirectories(partial.getParent());
            delete(partial);
            Files.createDirectory(partial);
            writer.write(partial);
            forceTree(partial);
            rename(partial, target.toAbsolutePath().normalize());
        } catch (IOException e) {
            throw unwritable(target, partial, e);
        } catch (UncheckedIOException e) {
            throw unwritable(target, partial, e.getCause());
        } catch (RuntimeException | Error e) {
            deleteQuietly(partial, e);
            throw e;
        }
    }

    private static void rename(Path partial, Path target) throws IOException {
        var old = neighbour(target, "replaced");
        boolean replaces = exists(target) && !isEmptyDirectory(target);
        if (replaces) {
            Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
        } else {
            Files.deleteIfExists(target);
        }
        try {
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (replaces) {
                Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
            }
            throw e;
        }
        force(target.getParent());
        delete(old);
    }

    private static UserException unwritable(Path target, Path partial, IOException cause) {
        deleteQuietly(partial, cause);
        var left = exists(target) ? "what was there stays" : "nothing was left there";
        return new UserException("%s: cannot be written: %s; %s".formatted(target, IoReason.of(cause), left), cause);
    }

    private static Path neighbour(Path target, String suffix) {
        var absolute = target.toAbsolutePath().normalize();
        return absolute.resolveSibling(".%s.%s".formatted(absolute.getFileName(), suffix));
    }

    private static boolean exists(Path path) {
        return Files.exists(path, NOFOLLOW_LINKS);
    }

    private static boolean isEmptyDirectory(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return false;
        }
        try (var entries = Files.list(path)) {
            return entries.findAny().isEmpty();
        }
    }

    private static void deleteQuietly(Path directory, Throwable cause) {
        try {
            delete(directory);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private static void forceTree(Path directory) throws IOException {
        List<Path> paths;
        try (var walk = Files.walk(directory)) {
            paths = walk.toList();
        }
        for (var path : paths) {
            force(path);
        }
    }

    /** Forces a file's bytes, or a directory's entries, to the disk. */
    static void force(Path path) throws IOException {
        if (Files.isDirectory(path) && System.getProperty("os.name").startsWith("Windows")) {
            return; // Windows opens no directory, and needs no force for its entries
        }
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
