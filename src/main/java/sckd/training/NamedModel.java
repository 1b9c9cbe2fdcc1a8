package sckd.training;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
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
     * Refuses a model for other classes than the labels': with more of them it would train and be judged wrong without a word.
     *
     * @param logits its own, {@code [batch, classes]}
     * @param classes of the labels
     */
    void checkClasses(Operand<TFloat32> logits, int classes) {
        long own = logits.shape().get(1);
        if (own != classes) {
            throw new UserException(
                    "%s (%s): its logits are for %s classes, the data set has %s; choose a model for the same classes"
                            .formatted(name, model.directory(), own, classes));
        }
    }

    /** Refuses a scaling of other images: TensorFlow would stretch one mean over three channels silently. */
    void checkChannels(ImageSet images) {
        if (input.mean().size() != images.channels()) {
            throw new UserException(
                    "%s (%s): mean and std have %d values; expected one a channel, of which the images have %d"
                            .formatted(name, model.directory(), input.mean().size(), images.channels()));
        }
    }
}
