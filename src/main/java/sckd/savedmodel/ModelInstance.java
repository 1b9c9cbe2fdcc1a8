package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.UserException;

/**
 * A model's program added to a graph.
 *
 * @param logits {@code [batch, classes]}
 * @param features every feature that was asked for, by layer name
 * @param updates what a training step has to run beside the gradients: moving averages; empty in inference
 */
public record ModelInstance(Operand<TFloat32> logits, Map<String, Operand<TFloat32>> features, List<Op> updates) {
    /**
     * Adds the inference program over shared variables.
     *
     * @param images normalised, {@code [batch, height, width, channels]}
     * @param features names of layers
     * @throws UserException if a feature is unknown (names the nearest), or the images do not have the model's shape
     */
    public static ModelInstance buildInference(
            Ops tf,
            String prefix,
            ClassifierModel model,
            ModelVariables variables,
            Operand<TFloat32> images,
            List<String> features) {
        var program = ModelProgram.build(tf, prefix, model, images);
        program.useVariables(variables);
        return build(program, features, List.of(), UnaryOperator.identity());
    }

    /**
     * Adds the program with training semantics: the model's own where it has one, else the inference program with batch norm over the batch.
     * Moving averages are {@code updates}, and whatever else the model's own assigns.
     *
     * @throws UserException as {@link #buildInference}
     */
    public static ModelInstance buildTraining(
            Ops tf,
            String prefix,
            ClassifierModel model,
            ModelVariables variables,
            Operand<TFloat32> images,
            List<String> features) {
        var own = model.training().program();
        var program = ModelProgram.build(
                tf, prefix, own.map(training -> training.as(model)).orElse(model), images);
        program.useVariables(variables);
        var updates = own.map(training -> program.useUpdates(variables, training))
                .orElseGet(() -> program.useBatchStatistics(variables));
        return build(program, features, updates, UnaryOperator.identity());
    }

    /**
     * Adds the inference program with its variables as constants and its outputs behind {@code stopGradient}: a teacher.
     *
     * @throws UserException as {@link #buildInference}, or if the model's checkpoint cannot be read
     */
    public static ModelInstance buildFrozen(
            Ops tf, String prefix, ClassifierModel model, Operand<TFloat32> images, List<String> features) {
        var program = ModelProgram.build(tf, prefix, model, images);
        program.useConstants();
        return build(program, features, List.of(), tf::stopGradient);
    }

    private static ModelInstance build(
            ModelProgram program, List<String> features, List<Op> updates, UnaryOperator<Operand<TFloat32>> outermost) {
        var built = ImmutableMap.<String, Operand<TFloat32>>builder();
        for (var feature : features) {
            built.put(feature, outermost.apply(program.buildFloats(program.feature(feature))));
        }
        var logits = outermost.apply(program.buildFloats(program.model().logits()));
        return new ModelInstance(logits, built.buildKeepingLast(), updates);
    }
}
