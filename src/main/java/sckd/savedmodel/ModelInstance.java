package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
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
        return inBatches(tf, model, images, Optional.empty(), part -> {
            var program = ModelProgram.build(tf, prefix, model, part);
            program.useVariables(variables);
            return build(program, features, List.of(), (name, tensor) -> tensor);
        });
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
        return inBatches(tf, model, images, Optional.empty(), part -> {
            var trained = own.map(training -> training.as(model)).orElse(model);
            var program = ModelProgram.build(tf, prefix, trained, part);
            program.useVariables(variables);
            var updates = own.map(training -> program.useUpdates(variables, training))
                    .orElseGet(() -> program.useBatchStatistics(variables));
            return build(program, features, updates, (name, tensor) -> tensor);
        });
    }

    /**
     * Adds the inference program with its variables as constants and its outputs behind {@code stopGradient}: a teacher.
     *
     * @throws UserException as {@link #buildInference}, or if the model's checkpoint cannot be read
     */
    public static ModelInstance buildFrozen(
            Ops tf, String prefix, ClassifierModel model, Operand<TFloat32> images, List<String> features) {
        return buildFrozen(tf, prefix, model, images, features, Optional.empty());
    }

    /**
     * As above for up to {@code most} images, of which a model with a fixed batch may take fewer at once: then there are as many instances as they
     * need.
     */
    public static ModelInstance buildFrozen(
            Ops tf, String prefix, ClassifierModel model, Operand<TFloat32> images, List<String> features, int most) {
        return buildFrozen(tf, prefix, model, images, features, Optional.of(most));
    }

    private static ModelInstance buildFrozen(
            Ops tf,
            String prefix,
            ClassifierModel model,
            Operand<TFloat32> images,
            List<String> features,
            Optional<Integer> most) {
        var constants = ModelProgram.buildConstants(tf, prefix, model);
        return inBatches(tf, model, images, most, part -> {
            var program = ModelProgram.build(tf, prefix, model, part);
            program.useConstants(constants);
            return build(program, features, List.of(), (name, tensor) -> buildStop(tf, prefix, name, tensor));
        });
    }

    /** One instance, or for a model with a fixed batch as many as it needs; of that many images at most, else of one batch. */
    private static ModelInstance inBatches(
            Ops tf,
            ClassifierModel model,
            Operand<TFloat32> images,
            Optional<Integer> most,
            Function<Operand<TFloat32>, ModelInstance> instance) {
        return FixedBatch.of(model)
                .map(batch -> batch.build(tf, images, most.orElse(batch.size()), instance))
                .orElseGet(() -> instance.apply(images));
    }

    /** Named by what it is: messages about a teacher's tensor name this op. */
    private static Operand<TFloat32> buildStop(Ops tf, String prefix, String name, Operand<TFloat32> tensor) {
        var scoped = tf.withSubScope(prefix.replace('/', '.') + ".outputs");
        return scoped.withName(name.replaceAll("[^A-Za-z0-9_.-]", ".")).stopGradient(tensor);
    }

    private static ModelInstance build(
            ModelProgram program,
            List<String> features,
            List<Op> updates,
            BiFunction<String, Operand<TFloat32>, Operand<TFloat32>> outermost) {
        var built = ImmutableMap.<String, Operand<TFloat32>>builder();
        for (var feature : features) {
            built.put(feature, outermost.apply(feature, program.buildFeature(feature)));
        }
        var logits =
                outermost.apply("logits", program.buildFloats(program.model().logits()));
        return new ModelInstance(logits, built.buildKeepingLast(), updates);
    }
}
