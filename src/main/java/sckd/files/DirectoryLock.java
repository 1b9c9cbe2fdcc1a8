package sckd.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import sckd.UserException;

/** Keeps other processes out of a directory: the operating system lets go of it when the process ends, however it ends. */
public final class DirectoryLock implements AutoCloseable {
    private static final String NAME = ".lock";

    private final Path file;
    private final FileChannel channel;

    private DirectoryLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * @throws UserException if another process is at work there
     */
    public static DirectoryLock acquire(Path directory) {
        var file = directory.resolve(NAME);
        try {
            var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                if (tryLock(channel)) {
                    return new DirectoryLock(file, channel);
                }
            } catch (IOException e) {
                channel.close();
                throw e;
            }
            channel.close();
        } catch (IOException e) {
            throw new UserException("%s: cannot be locked: %s".formatted(file, IoReason.of(e, file)), e);
        }
        throw new UserException("%s: another process is at work there; wait until it ends, or name another directory"
                .formatted(directory));
    }

    /** Whether the directory holds nothing but such a lock, held or not: a process ended there before it wrote anything. */
    public static boolean isAloneIn(Path directory) {
        var names = directory.toFile().list();
        return names != null && List.of(names).equals(List.of(NAME));
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // held by this very process
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UserException("%s: cannot be closed: %s".formatted(file, IoReason.of(e)), e);
        }
    }
}
