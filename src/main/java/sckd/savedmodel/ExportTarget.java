package sckd.savedmodel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import sckd.UserException;
import sckd.files.AtomicDirectory;
import sckd.files.IoReason;
import sckd.files.Nesting;
import sckd.savedmodel.ModelImport.Existing;

/** Where a model is written: never onto, into or around the one that it is made of, and over another only where the user says so. */
record ExportTarget(Path path, Existing existing) {
    /** @throws UserException if the model may not be written there */
    void check(Path source) {
        try {
            if (Nesting.contains(source, path)) {
                throw new UserException(
                        "%s: lies in the model that it would be made of, %s; expected a place outside of it"
                                .formatted(path, source));
            }
            if (Nesting.contains(path, source)) {
                throw new UserException("%s: holds the model that it would be made of, %s; expected another place"
                        .formatted(path, source));
            }
        } catch (IOException e) {
            throw IoReason.unreadable(path, e);
        }
        boolean isModel = Files.isRegularFile(path.resolve(SavedModelSearch.PROGRAM));
        if (!isModel) {
            AtomicDirectory.checkFree(path);
        } else if (existing == Existing.REFUSE) {
            throw new UserException(
                    "%s: a model is there already; name another place or replace it (--replace)".formatted(path));
        }
    }

    /** Writes what is to stand there, whole or not at all. */
    void write(AtomicDirectory.Writer writer) {
        if (existing == Existing.REPLACE) {
            AtomicDirectory.replace(path, writer);
        } else {
            AtomicDirectory.write(path, writer);
        }
    }
}
