package sckd.zoo;

import java.nio.file.Path;
import java.util.List;

/** The built-in architectures by name. */
public final class Zoo {
    private Zoo() {}

    /** Names, in the order to list them: {@code plain-cnn-2} … {@code resnet110}, {@code resnet8x4}, {@code resnet32x4}. */
    public static List<String> names() {
        throw new UnsupportedOperationException();
    }

    /**
     * Writes an untrained model as a SavedModel; the same seed gives the same bytes of weights.
     *
     * @param imageShape height, width, channels
     * @param target a directory that does not exist or is empty
     * @throws sckd.UserException for an unknown architecture (names the nearest) or an image too small for it
     */
    public static void create(String architecture, int classes, List<Integer> imageShape, long seed, Path target) {
        throw new UnsupportedOperationException();
    }
}
