package sckd.training;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import sckd.data.Augmentation;
import sckd.data.AugmentationChain;
import sckd.data.LabelledImages;

/**
 * The images of a training.
 *
 * @param classes how many there are; every model must be for as many
 * @param views augmentation begins anew after so many epochs, so that an image is shown in so many ways; empty: never
 * @param validation held out of training: the best epoch is chosen on it; empty: chosen on the test images, and said so
 */
public record TrainingData(
        int classes,
        LabelledImages train,
        Optional<LabelledImages> validation,
        LabelledImages test,
        List<Augmentation> augmentations,
        OptionalInt views) {
    public TrainingData {
        augmentations = List.copyOf(augmentations);
        AugmentationChain.check(augmentations);
        checkArgument(
                views.stream().allMatch(count -> count >= 1), "views is %s; expected at least 1", views.orElse(0));
    }

    /** Augmented anew in every epoch. */
    public TrainingData(
            int classes,
            LabelledImages train,
            Optional<LabelledImages> validation,
            LabelledImages test,
            List<Augmentation> augmentations) {
        this(classes, train, validation, test, augmentations, OptionalInt.empty());
    }

    /** How many ways a training image is ever shown; empty: anew in every epoch. */
    OptionalInt shownViews() {
        return augmentations.isEmpty() ? OptionalInt.of(1) : views;
    }

    /** Which of the draws of random numbers an epoch has, from 1. */
    int drawsOf(int epoch) {
        return views.isPresent() ? (epoch - 1) % views.getAsInt() + 1 : epoch;
    }

    /** The images that each epoch is judged by. */
    public LabelledImages monitored() {
        return validation.orElse(test);
    }

    /** Which images these are: {@code validation} or {@code test}. */
    public String monitoredName() {
        return validation.isPresent() ? "validation" : "test";
    }
}
