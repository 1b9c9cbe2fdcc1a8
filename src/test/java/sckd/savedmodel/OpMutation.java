package sckd.savedmodel;

import java.util.List;
import java.util.Random;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.SavedModel;

/** Puts another allowed op of as many inputs in a node's place, with the attributes that it needs: most such models are accepted. */
final class OpMutation {
    private static final List<DataType> OTHER_TYPES = List.of(DataType.DT_INT32, DataType.DT_BOOL, DataType.DT_STRING);

    private OpMutation() {}

    static SavedModel mutate(SavedModel model, Random random) {
        var mutant = model.toBuilder();
        if (mutant.getMetaGraphsCount() > 0) {
            mutate(mutant.getMetaGraphsBuilder(0), random);
        }
        return mutant.build();
    }

    private static void mutate(MetaGraphDef.Builder metaGraph, Random random) {
        var graph = metaGraph.getGraphDefBuilder();
        int functions = graph.getLibrary().getFunctionCount();
        if (functions > 0 && random.nextBoolean()) {
            mutate(graph.getLibraryBuilder().getFunctionBuilder(random.nextInt(functions)), random);
        } else if (graph.getNodeCount() > 0) {
            mutate(graph.getNodeBuilder(random.nextInt(graph.getNodeCount())), random);
        }
    }

    /** Whoever names the node's first tensor is to find it under its new name. */
    private static void mutate(FunctionDef.Builder function, Random random) {
        if (function.getNodeDefCount() == 0) {
            return;
        }
        var node = function.getNodeDefBuilder(random.nextInt(function.getNodeDefCount()));
        mutate(node, random);
        var op = OpDefs.registered().byName().get(node.getOp());
        if (op == null || op.getOutputArgCount() == 0) {
            return;
        }
        var renamed = node.getName() + ":" + op.getOutputArg(0).getName() + ":0";
        for (var other : function.getNodeDefBuilderList()) {
            for (int i = 0; i < other.getInputCount(); i++) {
                if (other.getInput(i).startsWith(node.getName() + ":")) {
                    other.setInput(i, renamed);
                }
            }
        }
        function.getRetMap().forEach((name, tensor) -> {
            if (tensor.startsWith(node.getName() + ":")) {
                function.putRet(name, renamed);
            }
        });
    }

    private static void mutate(NodeDef.Builder node, Random random) {
        int inputs = node.getInputCount();
        var others = AllowedOps.NAMES.stream()
                .sorted()
                .map(name -> OpDefs.registered().byName().get(name))
                .filter(op -> op.getInputArgCount() == inputs)
                .toList();
        if (others.isEmpty()) {
            return;
        }
        var op = others.get(random.nextInt(others.size()));
        var old = node.getAttrMap();
        node.setOp(op.getName()).clearAttr();
        for (var attribute : op.getAttrList()) {
            if (old.containsKey(attribute.getName())) {
                node.putAttr(attribute.getName(), old.get(attribute.getName()));
            } else if (!attribute.hasDefaultValue()) {
                node.putAttr(attribute.getName(), value(attribute, random));
            }
        }
    }

    private static AttrValue value(OpDef.AttrDef attribute, Random random) {
        return switch (attribute.getType()) {
            case "type" ->
                GraphText.type(
                        random.nextInt(8) > 0
                                ? DataType.DT_FLOAT
                                : OTHER_TYPES.get(random.nextInt(OTHER_TYPES.size())));
            case "int" -> GraphText.integer(random.nextInt(4));
            case "shape" -> GraphText.shape(2);
            case "string" ->
                attribute.getAllowedValues().getList().getSCount() > 0
                        ? AttrValue.newBuilder()
                                .setS(attribute.getAllowedValues().getList().getS(0))
                                .build()
                        : GraphText.string("x");
            case "list(int)" -> GraphText.integers(1, 1, 1, 1);
            default -> AttrValue.getDefaultInstance();
        };
    }
}
