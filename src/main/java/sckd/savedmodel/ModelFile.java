package sckd.savedmodel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import sckd.UserException;
import sckd.files.IoReason;

/** Reads the files of a model and tells a Git LFS pointer (a short text that stands for the file) from the file itself. */
final class ModelFile {
    private static final String POINTER = "version https://git-lfs";

    private ModelFile() {}

    /** Reads a whole file that exists. */
    static byte[] read(Path file) {
        checkNotPointer(file);
        try {
            long size = Files.size(file);
            if (size > Integer.MAX_VALUE - 64) {
                throw new UserException(
                        file + " is " + size + " bytes long; expected less than 2 GiB, the limit of protobuf");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw IoReason.unreadable(file, e);
        }
    }

    /** @throws UserException if the file is a Git LFS pointer */
    static void checkNotPointer(Path file) {
        try (var stream = Files.newInputStream(file)) {
            var start = new String(stream.readNBytes(POINTER.length()), StandardCharsets.ISO_8859_1);
            if (start.equals(POINTER)) {
                throw new UserException(
                        file + " is a Git LFS pointer, not the file it stands for; fetch it with 'git lfs pull'");
            }
        } catch (IOException e) {
            throw IoReason.unreadable(file, e);
        }
    }
}
