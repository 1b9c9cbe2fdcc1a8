package sckd.training;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.UserException;
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
                    "%s: its logits are for %s classes, the data set has %s; choose a model for the same classes"
                            .formatted(describe(), own, classes));
        }
    }

    /** Refuses a model that a step would leave as it is: TensorFlow's own words for a sum of no gradients name nothing. */
    void checkTrainable() {
        if (model.trainableParameters() == 0) {
            throw new UserException(
                    "%s: has no trainable variables, so it can only teach; choose a student that was saved with them"
                            .formatted(describe()));
        }
    }

    /**
     * What the model takes of the data set's pixels.
     *
     * @param pixels {@code [batch, height, width, channels]}, 0 to 255
     * @throws UserException if its scaling is for another number of channels: TensorFlow would stretch one mean over three silently
     */
    Operand<TFloat32> buildInput(Ops tf, Operand<TFloat32> pixels) {
        long channels = pixels.shape().get(3);
        if (input.mean().size() != channels) {
            throw new UserException(
                    "%s: mean and std have %d values; expected one a channel, of which the images have %d"
                            .formatted(name, input.mean().size(), channels));
        }
        return input.build(tf, pixels);
    }

    /** As messages name it. */
    String describe() {
        var directory = model.directory().toString();
        return name.equals(directory) ? name : "%s (%s)".formatted(name, directory);
    }
}
