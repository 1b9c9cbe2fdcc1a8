package sckd.savedmodel;

import static sckd.savedmodel.GraphText.constant;
import static sckd.savedmodel.GraphText.ints;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.placeholder;
import static sckd.savedmodel.GraphText.strings;
import static sckd.savedmodel.GraphText.type;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.VariableDef;

/**
 * {@link BatchNormModel} as TF 1 writes it: ref variables of both kinds, read through an Identity, a RefIdentity or as they are; the first FusedBatchNorm;
 * two restores behind a file name with a default; and what is left of its training: labels, a slot, a step that assigns.
 */
final class RefVariableModel {
    static final String SLOT = "dense/kernel/Momentum";
    static final float[] SLOT_VALUES = {6, 5, 4, 3, 2, 1};

    private RefVariableModel() {}

    static Path write(Path directory, MetaGraphDef metaGraph) {
        SmallModel.write(directory, metaGraph);
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var matrix = Shape.of(2, 3);
            SmallModel.writeCheckpoint(
                    directory,
                    Map.of(
                            "norm/gamma",
                            tf.constant(BatchNormModel.GAMMA),
                            "norm/beta",
                            tf.constant(BatchNormModel.BETA),
                            "norm/mean",
                            tf.constant(BatchNormModel.MEAN),
                            "norm/variance",
                            tf.constant(BatchNormModel.VARIANCE),
                            "dense/kernel",
                            tf.constant(matrix, DataBuffers.of(BatchNormModel.KERNEL)),
                            SLOT,
                            tf.constant(matrix, DataBuffers.of(SLOT_VALUES))),
                    tf,
                    session);
        }
        return directory;
    }

    /** Without collections. */
    static MetaGraphDef.Builder metaGraph() {
        var nodes = new ArrayList<NodeDef>(inference());
        nodes.addAll(training());
        nodes.addAll(saver());
        var signature = SignatureDef.newBuilder()
                .setMethodName(SmallModel.PREDICT)
                .putInputs("images", SmallModel.info("images:0", -1, 2, 1, 2))
                .putOutputs("logits", SmallModel.info("dense/logits:0", -1, 3));
        return SmallModel.metaGraph(GraphText.graph(List.of(), nodes.toArray(NodeDef[]::new)))
                .setSaverDef(SaverDef.newBuilder()
                        .setFilenameTensorName("save/Const:0")
                        .setRestoreOpName("save/restore_all")
                        .setVersion(SaverDef.CheckpointFormatVersion.V2))
                .putSignatureDef("serving_default", signature.build());
    }

    private static List<NodeDef> inference() {
        return List.of(
                placeholder("images", -1, 2, 1, 2),
                variable("norm/gamma", "VariableV2", 2),
                node("norm/gamma/read", "Identity", "norm/gamma"),
                variable("norm/beta", "VariableV2", 2),
                node("norm/beta/ref", "RefIdentity", "norm/beta"),
                variable("norm/mean", "VariableV2", 2),
                node("norm/mean/read", "Identity", "norm/mean"),
                variable("norm/variance", "VariableV2", 2),
                node(
                        "norm/FusedBatchNorm",
                        "FusedBatchNorm",
                        Map.of(
                                "is_training", SmallModel.bool(false),
                                "epsilon",
                                        AttrValue.newBuilder()
                                                .setF(BatchNormModel.EPSILON)
                                                .build()),
                        "images",
                        "norm/gamma/read",
                        "norm/beta/ref",
                        "norm/mean/read",
                        "norm/variance"),
                constant("pool/axes", ints(1, 2)),
                node("pool/mean", "Mean", Map.of("Tidx", type(DataType.DT_INT32)), "norm/FusedBatchNorm", "pool/axes"),
                variable("dense/kernel", "Variable", 2, 3),
                node("dense/kernel/read", "Identity", "dense/kernel"),
                node("dense/logits", "MatMul", "pool/mean", "dense/kernel/read"));
    }

    private static List<NodeDef> training() {
        return List.of(
                placeholder("labels", 2, 3),
                variable(SLOT, "VariableV2", 2, 3),
                node("train/kernel", "AssignSub", "dense/kernel", "labels"),
                node("train/slot", "Assign", SLOT, "labels"));
    }

    private static List<NodeDef> saver() {
        var nodes = new ArrayList<>(List.of(
                constant("save/Const/input", GraphText.stringScalar("model")),
                node(
                        "save/Const",
                        "PlaceholderWithDefault",
                        Map.of("dtype", type(DataType.DT_STRING), "shape", GraphText.shape()),
                        "save/Const/input")));
        addRestore(nodes, "save/RestoreV2", List.of("norm/beta", "norm/gamma", "norm/mean"));
        addRestore(nodes, "save/RestoreV2_1", List.of("dense/kernel", SLOT, "norm/variance"));
        nodes.add(node("save/restore_all", "NoOp", "^save/RestoreV2/shard", "^save/RestoreV2_1/shard"));
        return nodes;
    }

    private static void addRestore(List<NodeDef> nodes, String name, List<String> variables) {
        nodes.add(constant(name + "/tensor_names", strings(variables)));
        nodes.add(constant(name + "/shape_and_slices", strings(List.of("", "", ""))));
        nodes.add(node(
                name,
                "RestoreV2",
                Map.of("dtypes", GraphText.floats(variables.size())),
                "save/Const",
                name + "/tensor_names",
                name + "/shape_and_slices"));
        var assigns = new ArrayList<String>();
        for (int i = 0; i < variables.size(); i++) {
            nodes.add(node(name + "/Assign_" + i, "Assign", variables.get(i), name + ":" + i));
            assigns.add("^" + name + "/Assign_" + i);
        }
        nodes.add(node(name + "/shard", "NoOp", assigns.toArray(String[]::new)));
    }

    private static NodeDef variable(String name, String op, long... shape) {
        return node(name, op, Map.of("shape", GraphText.shape(shape)));
    }

    static CollectionDef trainable(String... variables) {
        var collection = CollectionDef.newBuilder();
        for (var variable : variables) {
            collection
                    .getBytesListBuilder()
                    .addValue(VariableDef.newBuilder()
                            .setVariableName(variable + ":0")
                            .setSnapshotName(variable + "/read:0")
                            .build()
                            .toByteString());
        }
        return collection.build();
    }
}
