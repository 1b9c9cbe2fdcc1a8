package sckd.savedmodel;

import static sckd.savedmodel.GraphText.call;
import static sckd.savedmodel.GraphText.constant;
import static sckd.savedmodel.GraphText.floatScalar;
import static sckd.savedmodel.GraphText.function;
import static sckd.savedmodel.GraphText.ints;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.placeholder;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedConcreteFunction;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedConstant;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedUserObject;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorProto;

/**
 * A model whose weights are constants, as Python saves a module without variables: images [?, 2, 2, 1], less a mean, times {@link #KERNEL}, a constant
 * of the main graph that functions capture, plus {@link #BIAS}, a constant in a function, times 2. The function {@code call_2} is a second trace of what
 * the signature calls.
 */
final class ConstantModel {
    static final float[] KERNEL = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    static final float[] BIAS = {.5f, -1, 2};
    static final float[] MEAN = {1, 0, -1, 2};

    private ConstantModel() {}

    static float[] logits(float[] image) {
        var logits = new float[3];
        for (int k = 0; k < 3; k++) {
            logits[k] = BIAS[k];
            for (int i = 0; i < 4; i++) {
                logits[k] += (image[i] - MEAN[i]) * KERNEL[3 * i + k];
            }
            logits[k] *= 2;
        }
        return logits;
    }

    static MetaGraphDef.Builder metaGraph() {
        var functions = List.of(
                function(
                        "wrapper",
                        List.of("x", "k"),
                        List.of("inner:output:0"),
                        call("inner", "call_1", 2, 1, "x", "k")),
                body("call_1"),
                body("call_2"));
        var metaGraph = SmallModel.metaGraph(GraphText.graph(
                        functions,
                        placeholder("images", -1, 2, 2, 1),
                        constant("captured", floats(KERNEL, 4, 3)),
                        call("call", "wrapper", 2, 1, "images", "captured").toBuilder()
                                .setOp("PartitionedCall")
                                .build()))
                .putSignatureDef(
                        "serving_default",
                        SignatureDef.newBuilder()
                                .setMethodName(SmallModel.PREDICT)
                                .putInputs("images", SmallModel.info("images:0", -1, 2, 2, 1))
                                .putOutputs("logits", SmallModel.info("call:0", -1, 3))
                                .build());
        metaGraph
                .getObjectGraphDefBuilder()
                .addNodes(SavedObject.newBuilder()
                        .setUserObject(SavedUserObject.newBuilder().setIdentifier("_generic_user_object")))
                .addNodes(SavedObject.newBuilder()
                        .setConstant(SavedConstant.newBuilder().setOperation("captured")))
                .putConcreteFunctions(
                        "wrapper",
                        SavedConcreteFunction.newBuilder().addBoundInputs(1).build())
                .putConcreteFunctions(
                        "call_2",
                        SavedConcreteFunction.newBuilder().addBoundInputs(1).build());
        return metaGraph;
    }

    private static FunctionDef body(String name) {
        return function(
                name,
                List.of("x", "kernel"),
                List.of("logits:z:0"),
                constant("mean", floats(MEAN, 1, 2, 2, 1)),
                node("centred", "Sub", "x", "mean:output:0"),
                constant("shape", ints(-1, 4)),
                node("flat", "Reshape", "centred:z:0", "shape:output:0"),
                node("view", "Identity", "kernel"),
                node("product", "MatMul", "flat:output:0", "view:output:0"),
                constant("bias", floats(BIAS, 3)),
                node("sum", "AddV2", "product:product:0", "bias:output:0"),
                constant("factor", floatScalar(2)),
                node("logits", "Mul", "sum:z:0", "factor:output:0"));
    }

    /** A frozen graph without functions and objects: a convolution, a fused batch norm over it, a mean over the map, a bias. */
    static MetaGraphDef.Builder frozen() {
        var nodes = new ArrayList<NodeDef>(List.of(
                placeholder("images", -1, 2, 2, 1),
                constant("scale", floats(new float[] {.5f, .25f}, 2)),
                node("scaled", "Mul", "images", "scale"),
                constant("kernel", floats(new float[] {1, -1, 2, 3}, 1, 1, 2, 2)),
                node(
                        "convolution",
                        "Conv2D",
                        Map.of("strides", GraphText.integers(1, 1, 1, 1), "padding", GraphText.string("SAME")),
                        "scaled",
                        "kernel"),
                constant("gamma", floats(new float[] {1, 2}, 2)),
                constant("beta", floats(new float[] {0, 1}, 2)),
                constant("mean", floats(new float[] {.25f, -.5f}, 2)),
                constant("variance", floats(new float[] {4, 1}, 2)),
                node(
                        "norm",
                        "FusedBatchNormV3",
                        Map.of(
                                "is_training", SmallModel.bool(false),
                                "U", GraphText.type(DataType.DT_FLOAT)),
                        "convolution",
                        "gamma",
                        "beta",
                        "mean",
                        "variance"),
                constant("axes", ints(1, 2)),
                node("pool", "Mean", Map.of("Tidx", GraphText.type(DataType.DT_INT32)), "norm", "axes"),
                constant("one", floats(new float[] {1}, 1)),
                node("logits", "Add", "pool", "one")));
        return SmallModel.metaGraph(GraphText.graph(List.of(), nodes.toArray(NodeDef[]::new)))
                .putSignatureDef(
                        "serving_default",
                        SignatureDef.newBuilder()
                                .setMethodName(SmallModel.PREDICT)
                                .putInputs("images", SmallModel.info("images:0", -1, 2, 2, 1))
                                .putOutputs("logits", SmallModel.info("logits:0", -1, 2))
                                .build());
    }

    static TensorProto floats(float[] values, long... shape) {
        var tensor = TensorProto.newBuilder().setDtype(DataType.DT_FLOAT).setTensorShape(GraphText.shapeProto(shape));
        for (float value : values) {
            tensor.addFloatVal(value);
        }
        return tensor.build();
    }
}
