package sckd.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A file that has its old content or its new one, whenever the machine stops. */
public final class AtomicFile {
    private AtomicFile() {}

    /** Writes beside, forces to the disk, renames; after that the new content is safe. */
    public static void write(Path target, byte[] content) throws IOException {
        var partial = target.resolveSibling("." + target.getFileName() + ".partial");
        try (var channel = FileChannel.open(
                partial, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            var buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        rename(partial, target);
    }

    /** Gives a file that was written beside its name: forces it to the disk, renames it; after that it is safe. */
    public static void publish(Path partial, Path target) throws IOException {
        try (var channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        rename(partial, target);
    }

    private static void rename(Path partial, Path target) throws IOException {
        Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        AtomicDirectory.force(target.toAbsolutePath().getParent()); // the name's change too
    }
}
