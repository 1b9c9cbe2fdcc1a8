package sckd.savedmodel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
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
        return ofInput(tf, prefix, model, ImageInput.build(tf, model, images));
    }

    /** Begins an instance whose input is this, of the model's own type and shape. */
    static ModelProgram ofInput(Ops tf, String prefix, ClassifierModel model, Operand<?> input) {
        var graph = FlatGraph.of(model.graph());
        var program = new ModelProgram(tf, prefix, model, graph, new GraphReplay(tf, prefix, model, graph));
        program.replay.replace(model.input().node(), input);
        return program;
    }

    /** Reads of variables become the variables' one shared read, in the type that the model computes with. */
    void useVariables(ModelVariables variables) {
        variables.byHandle().forEach((handle, variable) -> replay.replace(handle, variable.handle()));
        var scoped = tf.withSubScope(prefix.replace('/', '.') + ".values");
        var values = new HashMap<String, Operand<?>>(variables.constants());
        variables.states().forEach((handle, state) -> values.put(handle, state.value()));
        for (var variable : model.variables()) {
            if (variable.isFloat()) {
                var value = variables.byHandle().get(variable.handle()).value();
                values.put(variable.handle(), buildCast(scoped, value, variable.dtype()));
            }
        }
        replaceReads(values::get);
    }

    /** Adds the values in a model's checkpoint, by handle. */
    static Map<String, Operand<?>> buildConstants(Ops tf, String prefix, ClassifierModel model) {
        var scoped = tf.withSubScope(prefix.replace('/', '.') + ".constants");
        return CheckpointConstants.build(scoped, model, model.variables());
    }

    /** Reads of variables become these values. */
    void useConstants(Map<String, Operand<?>> constants) {
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

    /** Puts every batch norm but those of frozen layers into training mode; the result moves their averages. */
    List<Op> useBatchStatistics(ModelVariables variables) {
        var scoped = tf.withSubScope(prefix.replace('/', '.') + ".training");
        return new BatchNormTraining(scoped, model, replay, variables)
                .build(BatchNorms.findTrained(graph, model.variables()));
    }

    /** @throws UserException if there is no such feature, or it holds no floats */
    Operand<TFloat32> buildFeature(String name) {
        var tensor = build(FeatureTensor.find(model, graph, name));
        if (!TensorTypes.isFloat(tensor.dataType())) {
            throw new UserException("%s: the feature '%s' is %s; expected floats"
                    .formatted(model.directory(), name, tensor.dataType()));
        }
        return buildCast(tf, tensor, DataType.DT_FLOAT).asOutput().expect(TFloat32.class);
    }

    Output<?> build(TensorName tensor) {
        return replay.build(tensor);
    }

    Operand<TFloat32> buildFloats(TensorName tensor) {
        return buildCast(tf, build(tensor), DataType.DT_FLOAT).asOutput().expect(TFloat32.class);
    }

    static Output<?> buildPlaceholder(Ops tf, DataType dtype, Shape shape) {
        return tf.scope()
                .opBuilder("Placeholder", "Placeholder")
                .setAttr("dtype", dtype)
                .setAttr("shape", shape)
                .build()
                .output(0);
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
