package sckd.training;

import java.util.List;
import java.util.Optional;
import sckd.data.Augmentation;
import sckd.data.ImageSet;

/**
 * The images of a training.
 *
 * @param validation held out of training: the best epoch is chosen on it; empty: chosen on the test images, and said so
 */
public record TrainingData(
        ImageSet train, Optional<ImageSet> validation, ImageSet test, List<Augmentation> augmentations) {
    /** The images that each epoch is judged by. */
    public ImageSet monitored() {
        return validation.orElse(test);
    }
}
