package sckd.training;

import sckd.UserException;
import sckd.data.ImageSet;
import sckd.data.Normalization;
import sckd.savedmodel.ClassifierModel;

/**
 * A model in its part of an experiment.
 *
 * @param name such as {@code student} or the teacher's name
 * @param input the scaling of its input
 */
public record NamedModel(String name, ClassifierModel model, Normalization input) {
    /**
     * Refuses a scaling of other images: TensorFlow would stretch one mean over three channels silently.
     *
     * @throws UserException if the numbers of channels differ
     */
    void checkChannels(ImageSet images) {
        if (input.mean().size() != images.channels()) {
            throw new UserException(
                    "%s: mean and std have %d values; expected one a channel, of which the images have %d"
                            .formatted(name, input.mean().size(), images.channels()));
        }
    }
}
