package sckd.savedmodel;

import java.nio.file.Path;

/** Writes a trained student: its own directory unchanged, with new values in every checkpoint key of its variables. */
public final class StudentExport {
    private StudentExport() {}

    /**
     * Copies {@code model.directory()} to {@code target} with the values that the tensor bundle {@code checkpoint} holds under
     * {@code prefix/handle}; other keys (optimizer slots, counters, the object graph) keep their values; drops {@code fingerprint.pb}.
     * Written beside the target and renamed: a crash leaves no half model.
     *
     * @param checkpoint the bundle's prefix path, as given to SaveV2
     * @throws sckd.UserException if {@code target} exists and is not an empty directory
     */
    public static void write(ClassifierModel model, Path checkpoint, String prefix, Path target) {
        throw new UnsupportedOperationException();
    }
}
