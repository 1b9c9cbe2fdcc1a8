package sckd.training;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.UserException;
import sckd.data.DataSet;
import sckd.data.Normalization;
import sckd.savedmodel.ClassifierModel;
import sckd.savedmodel.InputImages;
import sckd.savedmodel.ModelInstance;
import sckd.savedmodel.ModelSettings;

/**
 * A model in its part of an experiment.
 *
 * @param name such as {@code student} or the teacher's name
 * @param input the scaling of its input
 * @param classes which of its logits belong to the labels
 * @param heads its auxiliary classifiers
 */
public record NamedModel(
        String name, ClassifierModel model, Normalization input, ClassOrder classes, ModelHeads heads) {
    /** A model whose classes are in the order of the labels, without heads. */
    public NamedModel(String name, ClassifierModel model, Normalization input) {
        this(name, model, input, ClassOrder.AS_IT_IS, ModelHeads.NONE);
    }

    /**
     * A model as it was read, for a data set: its scaling is its own, else the data set's; its classes are found by their names.
     *
     * @param stated what the user said of it when it was read
     * @throws UserException if its classes are others than the data set's
     */
    public static NamedModel of(String name, ClassifierModel model, ModelSettings stated, DataSet dataSet) {
        var order = ClassOrder.find(
                name, model.settings().classes(), !stated.classes().isEmpty(), dataSet.classes());
        var told = order.note().map(model::withNote).orElse(model);
        return new NamedModel(name, told, model.scalingOr(dataSet.normalization()), order, ModelHeads.NONE);
    }

    /** The same model with heads. */
    public NamedModel with(ModelHeads others) {
        return new NamedModel(name, model, input, classes, others);
    }

    /** The instance with its logits in the order of the labels. */
    ModelInstance buildInOrder(Ops tf, ModelInstance instance) {
        if (classes.positions().isEmpty()) {
            return instance;
        }
        var logits = classes.build(tf.withSubScope("class-order"), instance.logits());
        return new ModelInstance(logits, instance.features(), instance.updates());
    }

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
     * What the model takes of the data set's pixels: resized, in its order of channels, scaled.
     *
     * @param pixels {@code [batch, height, width, channels]}, 0 to 255
     * @throws UserException if its scaling is for another number of channels: TensorFlow would stretch one mean over three silently
     */
    Operand<TFloat32> buildInput(Ops tf, Operand<TFloat32> pixels) {
        long channels = pixels.shape().get(3);
        if (input.channels() != 1 && input.channels() != channels) {
            throw new UserException(
                    "%s: mean and std have %d values; expected one a channel, of which the images have %d"
                            .formatted(name, input.channels(), channels));
        }
        return InputImages.build(tf, model.settings().input(), input, pixels);
    }

    /** As messages name it. */
    String describe() {
        var directory = model.directory().toString();
        return name.equals(directory) ? name : "%s (%s)".formatted(name, directory);
    }
}
