package sckd.savedmodel;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import sckd.UserException;

/** A directory that is there whole or not at all: written beside its place, forced to the disk, renamed. */
final class NewDirectory {
    /** What fills the directory. */
    interface Content {
        void write(Path directory) throws IOException;
    }

    private NewDirectory() {}

    /**
     * Makes {@code target} with the given content; parents are made where they are missing.
     *
     * @throws UserException if the target exists and is not an empty directory, or cannot be written
     */
    static void write(Path target, Content content) {
        var place = target.toAbsolutePath().normalize();
        checkFree(target, place);
        var beside = place.resolveSibling("." + place.getFileName() + "-" + UUID.randomUUID());
        try {
            Files.createDirectories(beside);
            try {
                content.write(beside);
                force(beside);
                Files.deleteIfExists(place); // an empty directory, or the check has failed
                Files.move(beside, place, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                if (Files.exists(beside)) {
                    MoreFiles.deleteRecursively(beside, RecursiveDeleteOption.ALLOW_INSECURE);
                }
            }
        } catch (IOException e) {
            throw new UserException(
                    target + " could not be written: " + e + "; expected a place with room and leave to write", e);
        }
    }

    private static void checkFree(Path target, Path place) {
        if (Files.isDirectory(place)) {
            try (var entries = Files.list(place)) {
                if (entries.findAny().isEmpty()) {
                    return;
                }
            } catch (IOException e) {
                throw new UserException(target + " cannot be read: " + e, e);
            }
            throw new UserException(target
                    + " exists and is not empty; expected a new or an empty directory; choose another or remove it");
        }
        if (Files.exists(place)) {
            throw new UserException(target + " is a file; expected a new or an empty directory; choose another name");
        }
    }

    /** Waits until the files and their entries are on the disk: a rename alone may survive a power cut that its files do not. */
    private static void force(Path directory) throws IOException {
        try (var paths = Files.walk(directory)) {
            for (var path : (Iterable<Path>) paths::iterator) {
                try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
                    channel.force(true);
                }
            }
        }
    }
}
