package sckd.savedmodel;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import sckd.UserException;
import sckd.files.AtomicDirectory;
import sckd.files.IoReason;

/**
 * An archive that holds a model: {@code .zip}, {@code .tar.gz}, {@code .tgz} or {@code .tar}. Whoever packed it may be a stranger: it is unpacked into
 * its directory or not at all.
 */
final class ModelArchive {
    static final String SUFFIXES = ".zip, .tar.gz, .tgz or .tar";

    private final Path file;
    private final ArchiveFormat format;
    private final ArchiveLimits limits;

    /** @throws UserException if the file's suffix is not one of {@link #SUFFIXES} */
    ModelArchive(Path file, ArchiveLimits limits) {
        this.file = file;
        this.limits = limits;
        format = ArchiveFormat.find(file)
                .orElseThrow(() -> new UserException(
                        "%s: unknown kind of file; expected a SavedModel's directory or an archive of it (%s)"
                                .formatted(file, SUFFIXES)));
    }

    Path file() {
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
    void unpack(Path directory) throws IOException {
        try (var reader = open()) {
            new Unpacking(file, limits, directory).run(reader);
        } catch (IOException | RuntimeException | Error e) {
            AtomicDirectory.delete(directory);
            throw e;
        }
    }

    private ArchiveReader open() {
        try {
            return format.open(file);
        } catch (FileSystemException e) {
            throw new UserException("%s: cannot be read: %s".formatted(file, IoReason.of(e, file)), e);
        } catch (IOException e) {
            throw new UserException(
                    "%s: cannot be read as an archive: %s; expected a whole %s file: get it again"
                            .formatted(file, IoReason.of(e), format),
                    e);
        }
    }
}
