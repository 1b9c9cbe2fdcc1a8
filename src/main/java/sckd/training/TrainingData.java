package sckd.training;

import java.util.List;
import java.util.Optional;
import sckd.data.Augmentation;
import sckd.data.ImageSet;

/**
 * The images of a training.
 *
 * @param classes how many there are; every model must be for as many
 * @param validation held out of training: the best epoch is chosen on it; empty: chosen on the test images, and said so
 */
public record TrainingData(
        int classes, ImageSet train, Optional<ImageSet> validation, ImageSet test, List<Augmentation> augmentations) {
    public TrainingData {
        augmentations = List.copyOf(augmentations);
    }

    /** The images that each epoch is judged by. */
    public ImageSet monitored() {
        return validation.orElse(test);
    }

    /** Which images these are: {@code validation} or {@code test}. */
    public String monitoredName() {
        return validation.isPresent() ? "validation" : "test";
    }
}
