package sckd.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import sckd.data.DeviceImages;
import sckd.distillation.HeadOutput;
import sckd.graph.StateVariable;
import sckd.graph.Variable;
import sckd.savedmodel.ModelVariables;

/**
 * One training step as one graph, and what it needs around it.
 *
 * @param indices fed: the samples of the batch, {@code [batch]}
 * @param learningRate fed, scalar
 * @param clock fed
 * @param cached teachers whose outputs have to be loaded
 * @param update the step's effect: new weights, slots and moving averages
 * @param measurements fetched with it
 * @param student the student's variables, for its inference instance
 * @param initialize first values of everything but the images; {@code student.restore()} is among them
 * @param heads the variables of the student's heads
 * @param saved what a checkpoint holds: student, heads, adapters, slots, what the gate remembers
 * @param states what it holds beside: those of the student's own training program
 */
record StepGraph(
        Operand<TInt32> indices,
        Operand<TFloat32> learningRate,
        StepClock clock,
        DeviceImages images,
        List<CachedTeacher> cached,
        Op update,
        StepMeasurements measurements,
        ModelVariables student,
        List<Op> initialize,
        List<Variable> heads,
        List<Variable> saved,
        List<StateVariable> states) {

    /**
     * The order of a step, from sample indices to updated weights.
     *
     * @param kept outputs of teachers that need not be run, by name
     */
    static StepGraph build(Ops tf, TrainingTask task, Map<String, TeacherOutputs> kept) {
        Operand<TInt32> indices =
                tf.withName("indices").placeholder(TInt32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE)));
        Operand<TFloat32> learningRate =
                tf.withName("learning-rate").placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));

        var clock = StepClock.build(tf);
        var data = task.data();
        var images = DeviceImages.build(tf, "train-images", data.train(), data.augmentations(), task.seed());
        var batch = images.buildBatch(tf.withSubScope("batch"), indices);
        var models = StepModels.build(tf, task, kept, indices, batch.pixels());
        var losses = StepLosses.build(tf, task, models, batch, clock);
        var gradient = StepGradient.build(tf, task, models, losses, clock);
        var clipping = Clipping.build(
                tf.withSubScope("clipping"), gradient.gradients(), task.plan().clipNorm());
        var optimizer = task.plan()
                .optimizer()
                .build(
                        tf.withSubScope("optimizer"),
                        "optimizer",
                        gradient.variables(),
                        clipping.gradients(),
                        learningRate);
        var accuracy =
                buildAccuracy(tf.withSubScope("accuracy"), models.student().logits(), batch.labels());
        var accuraciesOfHeads = buildAccuraciesOfHeads(tf, models.heads(), batch.labels());
        var measurements = StepMeasurements.build(
                tf.withSubScope("measurements"), task, losses, accuracy, accuraciesOfHeads, gradient, clipping.norm());

        var state = StepState.of(models, losses, optimizer, gradient.gate());
        return new StepGraph(
                indices,
                learningRate,
                clock,
                images,
                models.cached(),
                tf.withControlDependencies(state.updates()).withName("update").noOp(),
                measurements,
                models.variables(),
                state.initialize(),
                state.heads(),
                state.saved(),
                List.copyOf(models.variables().states().values()));
    }

    private static List<Operand<TFloat32>> buildAccuraciesOfHeads(
            Ops tf, List<HeadOutput> heads, Operand<TInt32> labels) {
        var accuracies = new ArrayList<Operand<TFloat32>>();
        for (var head : heads) {
            var scope = tf.withSubScope("accuracy-" + head.head().name());
            accuracies.add(buildAccuracy(scope, head.tensors().logits(), labels));
        }
        return accuracies;
    }

    /** Share of the batch whose label has the largest logit, scalar. */
    private static Operand<TFloat32> buildAccuracy(Ops tf, Operand<TFloat32> logits, Operand<TInt32> labels) {
        var predicted = tf.math.argMax(logits, tf.constant(1));
        var hits = tf.math.equal(predicted, tf.dtypes.cast(labels, TInt64.class));
        return tf.math.mean(tf.dtypes.cast(hits, TFloat32.class), tf.constant(0));
    }
}
