package sckd.savedmodel;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/**
 * Turns the ref variables of TF 1 into resource variables: the node becomes a VarHandleOp of the same name with one ReadVariableOp, and what
 * took the reference takes the read. That is the same as long as nothing on the path assigns; ops that do stay with the variable itself and are
 * refused afterwards as not allowed.
 */
final class RefVariables {
    private static final Set<String> VARIABLES = Set.of("VariableV2", "Variable");

    private final FlatGraph graph;
    private final Map<String, String> readByVariable = new HashMap<>();

    private RefVariables(FlatGraph graph) {
        this.graph = graph;
        var names = new HashSet<>(graph.nodes().keySet());
        for (var node : graph.nodes().values()) {
            if (VARIABLES.contains(node.getOp())) {
                readByVariable.put(node.getName(), unusedName(names, node.getName() + "/ReadVariableOp"));
            }
        }
    }

    /**
     * The graph without ref variables.
     *
     * @param replacements where the reads that took the place of references are noted, for a signature may name one
     */
    static FlatGraph rewrite(FlatGraph graph, TensorReplacements replacements) {
        var rewriting = new RefVariables(graph);
        rewriting.readByVariable.forEach(
                (variable, read) -> replacements.put(new TensorName(variable, 0), new TensorName(read, 0)));
        return rewriting.rewrite();
    }

    private static String unusedName(Set<String> names, String wanted) {
        var name = wanted;
        for (int i = 1; !names.add(name); i++) {
            name = wanted + "_" + i;
        }
        return name;
    }

    private FlatGraph rewrite() {
        var nodes = new LinkedHashMap<String, NodeDef>();
        var origins = new HashMap<>(graph.origins());
        for (var node : graph.nodes().values()) {
            var name = node.getName();
            var read = readByVariable.get(name);
            if (read == null) {
                nodes.put(name, takingReads(node));
            } else {
                nodes.put(name, handle(node));
                nodes.put(read, read(node, read));
                origins.put(read, graph.origins().get(name));
            }
        }
        return new FlatGraph(nodes, origins, graph.versions());
    }

    private static NodeDef handle(NodeDef variable) {
        var handle = variable.toBuilder().setOp("VarHandleOp");
        var shape = Shapes.of(variable.getAttrOrDefault("shape", AttrValue.getDefaultInstance())
                .getShape());
        if (variable.getOp().equals("Variable") && shape.numDimensions() == 0) { // its way to say unknown
            handle.putAttr(
                    "shape",
                    AttrValue.newBuilder()
                            .setShape(Shapes.toProto(Shape.unknown()))
                            .build());
        }
        var shared = variable.getAttrOrDefault("shared_name", AttrValue.getDefaultInstance());
        if (shared.getS().isEmpty()) { // stands for the name with ref variables, but for one and the same with handles
            handle.putAttr(
                    "shared_name",
                    AttrValue.newBuilder().setS(variable.getNameBytes()).build());
        }
        return handle.build();
    }

    private static NodeDef read(NodeDef variable, String name) {
        return NodeDef.newBuilder()
                .setName(name)
                .setOp("ReadVariableOp")
                .addInput(variable.getName())
                .putAttr("dtype", variable.getAttrOrDefault("dtype", AttrValue.getDefaultInstance()))
                .build();
    }

    private NodeDef takingReads(NodeDef node) {
        boolean isIdentity = node.getOp().equals("RefIdentity");
        if (takesReference(node) && !isIdentity) {
            return node;
        }
        var taking = node.toBuilder().clearInput();
        if (isIdentity) {
            taking.setOp("Identity");
        }
        for (var input : node.getInputList()) {
            taking.addInput(input.startsWith("^") ? input : readOf(input));
        }
        return taking.build();
    }

    private static boolean takesReference(NodeDef node) {
        return OpDefs.registered()
                .find(node.getOp())
                .filter(op -> op.getInputArgList().stream().anyMatch(OpDef.ArgDef::getIsRef))
                .isPresent();
    }

    private String readOf(String input) {
        var tensor = TensorName.parse(input);
        return tensor.index() == 0 ? readByVariable.getOrDefault(tensor.node(), input) : input;
    }
}
