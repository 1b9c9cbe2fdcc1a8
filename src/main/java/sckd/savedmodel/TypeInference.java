package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.tensorflow.Graph;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.Scope;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.VersionDef;
import sckd.UserException;

/**
 * Adds the nodes of a graph to one of TensorFlow's, one by one. To find a shape TensorFlow computes with the constants before it, whatever their size:
 * so each tensor's size is judged before anything takes it, where {@code importGraphDef} would add all at once.
 */
final class TypeInference {
    /** Bytes of all tensors that follow from constants: TensorFlow may hold them together. */
    private static final long MOST_CONSTANT_BYTES = 1L << 32;

    /** Their results have as many rows as the largest of their numbers says, which no shape tells. */
    private static final Set<String> SIZED_BY_VALUES =
            Set.of("SegmentMax", "SegmentMean", "SegmentMin", "SegmentProd", "SegmentSum");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9.][A-Za-z0-9_./>\\\\-]*");

    private final Scope scope;
    private final Map<String, Operation> operations = new HashMap<>();
    private final Set<String> constants = new HashSet<>();
    private final ImmutableMap.Builder<TensorName, TensorTypes.Type> types = ImmutableMap.builder();
    private long constantBytes;

    private TypeInference(Graph graph) {
        scope = Ops.create(graph).scope();
    }

    /**
     * The type of each tensor.
     *
     * @param graph each node after all that it takes
     * @throws UserException if the graph is for a newer TensorFlow, or a node has a wrong number of tensors, or a tensor is too large
     * @throws RuntimeException TensorFlow's own, if it does not take a node
     */
    static Map<TensorName, TensorTypes.Type> infer(GraphDef graph) {
        try (var built = new Graph()) {
            checkVersion(graph.getVersions());
            var inference = new TypeInference(built);
            graph.getNodeList().forEach(inference::add);
            return inference.types.build();
        }
    }

    private static void checkVersion(VersionDef needed) {
        int ours = OwnVersion.VALUE;
        if (needed.getMinConsumer() > ours || needed.getBadConsumersList().contains(ours)) {
            throw new UserException(
                    "the graph says that it is for a TensorFlow of graph version %d at least; this one has %d; save the model with an older one"
                            .formatted(needed.getMinConsumer(), ours));
        }
    }

    /** A graph in the making takes any name, and fails with it when it runs. */
    private static void checkName(NodeDef node) {
        if (!NAME.matcher(node.getName()).matches()) {
            throw new UserException(
                    "node '%s' (%s) has a name that TensorFlow does not take; expected letters, digits and any of _ . - / > \\, a letter or digit first"
                            .formatted(UserException.shorten(node.getName()), node.getOp()));
        }
    }

    private static final class OwnVersion {
        static final int VALUE;

        static {
            try (var graph = new Graph()) {
                VALUE = graph.toGraphDef().getVersions().getProducer();
            }
        }
    }

    private void add(NodeDef node) {
        checkName(node);
        ConstantLimits.check(node);
        var inputs = FlatGraph.dataInputs(node).stream()
                .<Output<?>>map(tensor -> find(node, tensor))
                .toList();
        var controls =
                FlatGraph.controlInputs(node).stream().map(operations::get).toList();
        boolean isConstant = isConstant(node);
        if (isConstant && SIZED_BY_VALUES.contains(node.getOp())) {
            throw new UserException(
                    "node '%s' (%s) takes only constants, so that its size cannot be told; save the model with its result"
                            .formatted(node.getName(), node.getOp()));
        }
        var operation = NativeNode.add(scope, node, node.getName(), inputs, controls);
        operations.put(node.getName(), operation);
        for (int i = 0; i < operation.numOutputs(); i++) {
            note(node, operation.output(i), isConstant);
        }
    }

    private void note(NodeDef node, Output<?> output, boolean isConstant) {
        var type = new TensorTypes.Type(output.dataType(), output.shape());
        TensorSizes.check(node.getName(), node.getOp(), type.dtype(), type.shape());
        types.put(new TensorName(node.getName(), output.index()), type);
        if (isConstant) {
            constants.add(node.getName());
            constantBytes += node.getOp().equals("Identity") ? 0 : TensorSizes.bytes(type.dtype(), type.shape());
            if (constantBytes > MOST_CONSTANT_BYTES) {
                throw new UserException(
                        "the constants up to node '%s' (%s) and what follows from them are more than 4 GiB"
                                .formatted(node.getName(), node.getOp()));
            }
        }
    }

    /** What TensorFlow may compute before it runs. */
    private boolean isConstant(NodeDef node) {
        return node.getOp().equals("Const")
                || !FlatGraph.dataInputs(node).isEmpty()
                        && FlatGraph.dataInputs(node).stream().allMatch(input -> constants.contains(input.node()));
    }

    private Output<?> find(NodeDef consumer, TensorName tensor) {
        var producer = operations.get(tensor.node());
        if (producer == null || tensor.index() >= producer.numOutputs()) {
            throw new UserException("node '%s' (%s) takes the tensor '%s', which the graph does not hold"
                    .formatted(consumer.getName(), consumer.getOp(), tensor));
        }
        return producer.output(tensor.index());
    }
}
