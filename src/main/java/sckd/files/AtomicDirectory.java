package sckd.files;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
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
        var absolute = target.toAbsolutePath().normalize();
        var partial = absolute.resolveSibling("." + absolute.getFileName() + ".partial");
        try {
            Files.createDirectories(absolute.getParent());
            delete(partial);
            Files.createDirectory(partial);
            writer.write(partial);
            forceTree(partial);
            Files.deleteIfExists(absolute);
            Files.move(partial, absolute, StandardCopyOption.ATOMIC_MOVE);
            force(absolute.getParent());
        } catch (IOException e) {
            deleteQuietly(partial, e);
            throw new UserException(
                    "%s: cannot be written: %s; nothing was left there".formatted(target, reason(e)), e);
        } catch (RuntimeException e) {
            deleteQuietly(partial, e);
            throw e;
        }
    }

    /** Refuses a target that exists and is not an empty directory. */
    public static void checkFree(Path target) {
        if (!Files.exists(target)) {
            return;
        }
        try (var entries = Files.isDirectory(target) ? Files.list(target) : null) {
            if (entries == null || entries.findAny().isPresent()) {
                throw new UserException(
                        "%s: exists already; expected a new or empty directory: name another or remove it"
                                .formatted(target));
            }
        } catch (IOException e) {
            throw new UserException("%s: cannot be read: %s".formatted(target, reason(e)), e);
        }
    }

    /** Removes a directory and what is in it; nothing where there is none. */
    public static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            MoreFiles.deleteRecursively(directory, RecursiveDeleteOption.ALLOW_INSECURE);
        }
    }

    private static void deleteQuietly(Path directory, Exception cause) {
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

    private static void force(Path path) throws IOException {
        if (Files.isDirectory(path) && System.getProperty("os.name").startsWith("Windows")) {
            return; // Windows opens no directory, and needs no force for its entries
        }
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
