package sckd.savedmodel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import sckd.UserException;
import sckd.archive.Archive;

/** Where a model is brought in from: a SavedModel's directory, or an archive with one in it. */
sealed interface ImportSource permits DirectorySource, ArchiveSource {
    /**
     * What was copied.
     *
     * @param directory the model's own in the source, as messages name it
     * @param sha256 of the source, see {@link ModelDigest}
     * @param notes what to tell the user
     */
    record Copied(Path directory, String sha256, List<String> notes) {}

    /** @throws UserException if there is nothing at {@code path}, or no model by its look */
    static ImportSource of(Path path) {
        if (Files.isDirectory(path)) {
            return new DirectorySource(path);
        }
        if (!Files.exists(path)) {
            throw new UserException("%s: does not exist; expected a SavedModel's directory or an archive of it (%s)"
                    .formatted(path, Archive.SUFFIXES));
        }
        var archive = Archive.find(path, "model")
                .orElseThrow(() -> new UserException(
                        "%s: unknown kind of file; expected a SavedModel's directory or an archive of it (%s)"
                                .formatted(path, Archive.SUFFIXES)));
        return new ArchiveSource(archive);
    }

    /**
     * Writes the model's files, unaltered, into an empty directory.
     *
     * @throws UserException if the source cannot be read or is not what it should be
     * @throws IOException if {@code directory} cannot be written
     */
    Copied copyTo(Path directory) throws IOException;
}
