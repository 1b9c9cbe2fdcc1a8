package sckd.experiment;

import static com.google.common.base.Preconditions.checkArgument;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import sckd.data.Augmentation;
import sckd.data.AugmentationChain;
import sckd.data.ImageReading;

/**
 * The images of an experiment.
 *
 * @param dataset its name
 * @param path of its files; empty for a set that is generated
 * @param images how image files are read; empty: by default
 * @param augment in this order, on training images only
 * @param views in how many ways each image is augmented over the training, at least 1; empty: anew in every epoch
 * @param trainLimit how many of the training images are used, at least 1; empty: all
 * @param testLimit the same for the test images
 * @param validation how many of the training images are held out to choose the best epoch; 0: none
 */
public record DataSpec(
        String dataset,
        Optional<Path> path,
        Optional<ImageReading> images,
        List<Augmentation> augment,
        Optional<Integer> views,
        Optional<Integer> trainLimit,
        Optional<Integer> testLimit,
        int validation) {
    public DataSpec {
        augment = List.copyOf(augment);
        AugmentationChain.check(augment);
        views.ifPresent(count -> checkArgument(count >= 1, "views is %s; expected at least 1", count));
        trainLimit.ifPresent(limit -> checkArgument(limit >= 1, "train-limit is %s; expected at least 1", limit));
        testLimit.ifPresent(limit -> checkArgument(limit >= 1, "test-limit is %s; expected at least 1", limit));
        checkArgument(validation >= 0, "validation is %s; expected at least 0", validation);
    }
}
