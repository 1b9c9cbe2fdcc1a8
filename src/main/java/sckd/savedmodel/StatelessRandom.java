package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

/**
 * Lets ops that draw from a generator of the runtime draw by a key instead: (number of the op in the graph and its own seeds, number of the step).
 * A generator of the runtime is in no checkpoint, so that a resumed run would go on with other numbers.
 *
 * @param counter the placeholder of the step's number, an int64 scalar; empty where nothing needs it
 * @param left kinds of op that go on drawing from the runtime
 */
record StatelessRandom(FlatGraph graph, Optional<String> counter, Set<String> left) {
    private static final Map<String, String> TWINS = ImmutableMap.of(
            "RandomUniform", "StatelessRandomUniform",
            "RandomStandardNormal", "StatelessRandomNormal",
            "TruncatedNormal", "StatelessTruncatedNormal",
            "RandomUniformInt", "StatelessRandomUniformInt");

    /** Kinds without a twin that takes the same tensors. */
    private static final Set<String> WITHOUT_TWIN = Set.of(
            "Multinomial",
            "ParameterizedTruncatedNormal",
            "RandomGamma",
            "RandomPoisson",
            "RandomPoissonV2",
            "RandomShuffle");

    private static final String COUNTER = "step_of_training";

    /** Whether an op draws random numbers, from whatever source. */
    static boolean draws(NodeDef node) {
        return TWINS.containsKey(node.getOp())
                || WITHOUT_TWIN.contains(node.getOp())
                || (node.getOp().startsWith("Stateless") && !node.getOp().startsWith("StatelessRandomGet"));
    }

    static StatelessRandom rewrite(FlatGraph graph) {
        var nodes = new LinkedHashMap<String, NodeDef>();
        var origins = new HashMap<>(graph.origins());
        var left = new LinkedHashSet<String>();
        var counter = COUNTER;
        while (graph.nodes().containsKey(counter)) {
            counter += "_";
        }
        boolean uses = graph.nodes().values().stream().anyMatch(node -> TWINS.containsKey(node.getOp()));
        if (uses) {
            nodes.put(counter, counter(counter));
            origins.put(counter, new FlatGraph.Origin("", counter));
        }
        int number = 0;
        for (var node : graph.nodes().values()) {
            if (TWINS.containsKey(node.getOp())) {
                for (var part : twin(node, ++number, counter)) {
                    nodes.put(part.getName(), part);
                    origins.put(part.getName(), graph.origins().get(node.getName()));
                }
            } else {
                nodes.put(node.getName(), node);
                if (WITHOUT_TWIN.contains(node.getOp())) {
                    left.add(node.getOp());
                }
            }
        }
        return new StatelessRandom(
                new FlatGraph(nodes, origins, graph.versions()), uses ? Optional.of(counter) : Optional.empty(), left);
    }

    private static NodeDef counter(String name) {
        return NodeDef.newBuilder()
                .setName(name)
                .setOp("Placeholder")
                .putAttr("dtype", type(DataType.DT_INT64))
                .putAttr(
                        "shape",
                        AttrValue.newBuilder()
                                .setShape(Shapes.toProto(Shape.scalar()))
                                .build())
                .build();
    }

    /** The op's key, the two numbers as a seed, and the twin under the op's own name. */
    private static List<NodeDef> twin(NodeDef node, int number, String counter) {
        long own = node.getAttrOrDefault("seed", AttrValue.getDefaultInstance()).getI();
        long second =
                node.getAttrOrDefault("seed2", AttrValue.getDefaultInstance()).getI();
        long key = (own * 31 + second) * 1_000_003 + number;
        var keyNode = NodeDef.newBuilder()
                .setName(node.getName() + "/key")
                .setOp("Const")
                .putAttr("dtype", type(DataType.DT_INT64))
                .putAttr(
                        "value",
                        AttrValue.newBuilder()
                                .setTensor(TensorProto.newBuilder()
                                        .setDtype(DataType.DT_INT64)
                                        .setTensorShape(Shapes.toProto(Shape.scalar()))
                                        .addInt64Val(key))
                                .build())
                .build();
        var seed = NodeDef.newBuilder()
                .setName(node.getName() + "/seed")
                .setOp("Pack")
                .addInput(keyNode.getName())
                .addInput(counter)
                .putAttr("N", AttrValue.newBuilder().setI(2).build())
                .putAttr("T", type(DataType.DT_INT64))
                .build();
        var inputs = FlatGraph.dataInputs(node);
        var twin = NodeDef.newBuilder()
                .setName(node.getName())
                .setOp(TWINS.get(node.getOp()))
                .addInput(inputs.get(0).asInput())
                .addInput(seed.getName())
                .putAttr("Tseed", type(DataType.DT_INT64))
                .putAttr("T", node.getAttrOrDefault("T", type(DataType.DT_INT32)));
        inputs.stream().skip(1).forEach(bound -> twin.addInput(bound.asInput()));
        if (node.getOp().equals("RandomUniformInt")) { // T is that of the shape in the one, of the other it is Tout's
            twin.putAttr("T", node.getAttrOrDefault("T", type(DataType.DT_INT32)))
                    .putAttr("dtype", node.getAttrOrDefault("Tout", type(DataType.DT_INT32)));
        } else {
            twin.putAttr("dtype", node.getAttrOrDefault("dtype", type(DataType.DT_FLOAT)));
        }
        return List.of(keyNode, seed, twin.build());
    }

    private static AttrValue type(DataType type) {
        return AttrValue.newBuilder().setType(type).build();
    }
}
