package sckd.savedmodel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import sckd.Nearest;
import sckd.UserException;

/**
 * One instance of a model's program while it is added: what its reads of variables and its batch norms stand for is said first, then tensors
 * are built.
 */
record ModelProgram(Ops tf, String prefix, ClassifierModel model, FlatGraph graph, GraphReplay replay) {
    /**
     * Begins an instance that takes these images.
     *
     * @throws UserException if they do not fit its input
     */
    static ModelProgram build(Ops tf, String prefix, ClassifierModel model, Operand<TFloat32> images) {
        var graph = FlatGraph.of(model.graph());
        var program = new ModelProgram(tf, prefix, model, graph, new GraphReplay(tf, prefix, model, graph));
        program.replay.replace(model.input().node(), ImageInput.build(tf, model, images));
        return program;
    }

    /** Reads of variables become the variables' one shared read. */
    void useVariables(ModelVariables variables) {
        variables.byHandle().forEach((handle, variable) -> replay.replace(handle, variable.handle()));
        replaceReads(handle -> variables.byHandle().containsKey(handle)
                ? variables.byHandle().get(handle).value()
                : variables.constants().get(handle));
        replaceReads(handle -> variables.states().containsKey(handle)
                ? variables.states().get(handle).value()
                : null);
    }

    /** Reads of variables become the values in the model's checkpoint. */
    void useConstants() {
        var scoped = tf.withSubScope(prefix.replace('/', '.') + ".constants");
        Map<String, Operand<?>> constants = CheckpointConstants.build(scoped, model, model.variables());
        replaceReads(constants::get);
    }

    private void replaceReads(Function<String, Operand<?>> valueOf) {
        graph.nodes().values().forEach(node -> graph.findHandleRead(node)
                .map(valueOf)
                .ifPresent(value -> replay.replace(node.getName(), value)));
    }

    /** The updates of the model's own training program. */
    List<Op> useUpdates(ModelVariables variables, TrainingProgram training) {
        var updates = new ArrayList<Op>();
        training.counter().ifPresent(counter -> {
            var step = variables.states().get(counter);
            replay.replace(counter, step.value());
            var one = tf.constant(1L);
            updates.add(step.buildAssign(tf, tf.math.add(step.value().asOutput().expect(TInt64.class), one)));
        });
        training.updates().forEach((handle, value) -> updates.add(buildUpdate(variables, handle, value)));
        return updates;
    }

    private Op buildUpdate(ModelVariables variables, String handle, TensorName value) {
        return variables.states().containsKey(handle)
                ? variables.states().get(handle).buildAssign(tf, build(value))
                : variables.byHandle().get(handle).buildAssign(tf, buildFloats(value));
    }

    /** Puts every batch norm into training mode; the result moves their averages. */
    List<Op> useBatchStatistics(ModelVariables variables) {
        var scoped = tf.withSubScope(prefix.replace('/', '.') + ".training");
        return new BatchNormTraining(scoped, model, replay, variables).build(BatchNorms.find(graph));
    }

    TensorName feature(String name) {
        var tensor = model.features().get(name);
        if (tensor == null) {
            throw new UserException("unknown layer '%s' of %s; %s"
                    .formatted(
                            name,
                            model.directory(),
                            Nearest.hint(name, model.features().keySet())));
        }
        return tensor;
    }

    Output<?> build(TensorName tensor) {
        return replay.build(tensor);
    }

    Operand<TFloat32> buildFloats(TensorName tensor) {
        return buildCast(tf, build(tensor), DataType.DT_FLOAT).asOutput().expect(TFloat32.class);
    }

    /** The tensor itself where it is of the type already. */
    static Operand<?> buildCast(Ops tf, Operand<?> tensor, DataType dtype) {
        return tensor.asOutput().dataType() == dtype
                ? tensor
                : tf.scope()
                        .opBuilder("Cast", "Cast")
                        .addInput(tensor.asOutput())
                        .setAttr("DstT", dtype)
                        .build()
                        .output(0);
    }
}
