package sckd.archive;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Optional;
import sckd.UserException;
import sckd.files.AtomicDirectory;
import sckd.files.IoReason;

/**
 * A {@code .zip}, {@code .tar.gz}, {@code .tgz} or {@code .tar} file. Whoever packed it may be a stranger: it is unpacked into its directory or not
 * at all.
 */
public final class Archive {
    public static final String SUFFIXES = ".zip, .tar.gz, .tgz or .tar";

    private final Path file;
    private final String content;
    private final ArchiveFormat format;
    private final ArchiveLimits limits;

    private Archive(Path file, String content, ArchiveFormat format, ArchiveLimits limits) {
        this.file = file;
        this.content = content;
        this.format = format;
        this.limits = limits;
    }

    /**
     * The archive that the file's name tells; empty if its suffix is not one of {@link #SUFFIXES}.
     *
     * @param content what messages call that which was packed: {@code model}
     */
    public static Optional<Archive> find(Path file, String content) {
        return find(file, content, ArchiveLimits.DEFAULT);
    }

    static Optional<Archive> find(Path file, String content, ArchiveLimits limits) {
        return ArchiveFormat.find(file).map(format -> new Archive(file, content, format, limits));
    }

    public Path file() {
        return file;
    }

    /**
     * Unpacks every file and directory; names, contents and nothing else are taken over.
     *
     * @param directory does not exist yet; removed again if the archive is refused
     * @throws UserException if the archive is garbled or cut off, has an entry that is no plain file or directory beneath it or comes twice, or
     *     exceeds the limits
     * @throws IOException if {@code directory} cannot be written
     */
    public void unpack(Path directory) throws IOException {
        try (var reader = open()) {
            new Unpacking(file, content, limits, directory).run(reader);
        } catch (IOException | RuntimeException | Error e) {
            AtomicDirectory.delete(directory);
            throw e;
        }
    }

    private ArchiveReader open() {
        try {
            return format.open(file);
        } catch (FileSystemException e) {
            throw IoReason.unreadable(file, e);
        } catch (IOException e) {
            throw new UserException(
                    "%s: cannot be read as an archive: %s; expected a whole %s file: get it again"
                            .formatted(file, IoReason.of(e), format),
                    e);
        }
    }
}
