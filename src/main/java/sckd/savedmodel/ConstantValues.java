package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/**
 * The numbers in tensors that depend on nothing but constants: shapes, axes, thresholds. Converters write some of them as expressions of
 * several ops, so they are computed, by TensorFlow itself, each at most once.
 */
final class ConstantValues {
    /** Weights are constants too, and nothing that is asked for here. */
    private static final int MOST_NUMBERS = 4096;

    private static final Set<String> FED = Set.of("Placeholder", "PlaceholderWithDefault");

    private final FlatGraph graph;
    private final Map<TensorName, Optional<double[]>> known = new HashMap<>();

    ConstantValues(FlatGraph graph) {
        this.graph = graph;
    }

    /** The numbers row by row; empty where the tensor depends on images, variables or chance, is large or holds no numbers. */
    Optional<double[]> find(TensorName tensor) {
        return findAll(List.of(tensor)).get(tensor);
    }

    /** The number of a tensor of one. */
    Optional<Double> findScalar(TensorName tensor) {
        return find(tensor).filter(values -> values.length == 1).map(values -> values[0]);
    }

    /** As {@link #find}, of all at once. */
    Map<TensorName, Optional<double[]>> findAll(Collection<TensorName> tensors) {
        var missing = tensors.stream()
                .distinct()
                .filter(tensor -> !known.containsKey(tensor))
                .toList();
        var constant = missing.stream().filter(this::isConstant).toList();
        missing.forEach(tensor -> known.put(tensor, Optional.empty()));
        if (!constant.isEmpty()) {
            known.putAll(compute(constant));
        }
        var found = ImmutableMap.<TensorName, Optional<double[]>>builder();
        tensors.stream().distinct().forEach(tensor -> found.put(tensor, known.get(tensor)));
        return found.buildOrThrow();
    }

    private boolean isConstant(TensorName tensor) {
        return graph.ancestors(List.of(tensor.node())).stream()
                .map(name -> graph.nodes().get(name).getOp())
                .allMatch(op -> AllowedOps.NAMES.contains(op)
                        && !FED.contains(op)
                        && !OpDefs.registered().isStateful(op));
    }

    private Map<TensorName, Optional<double[]>> compute(List<TensorName> tensors) {
        var pruned =
                graph.prunedTo(tensors.stream().map(TensorName::node).distinct().toList());
        var values = new HashMap<TensorName, Optional<double[]>>();
        try (var runtime = new Graph();
                var session = new Session(runtime)) {
            runtime.importGraphDef(pruned.toGraphDef());
            var tf = Ops.create(runtime);
            for (var tensor : tensors) {
                values.put(
                        tensor,
                        run(tf, session, runtime.operation(tensor.node()).output(tensor.index())));
            }
        } catch (TensorFlowException e) {
            tensors.forEach(
                    tensor -> values.putIfAbsent(tensor, Optional.empty())); // then it is no number that is known
        }
        return values;
    }

    private static Optional<double[]> run(Ops tf, Session session, Output<?> output) {
        boolean isSmall = output.shape().hasUnknownDimension() || output.shape().size() <= MOST_NUMBERS;
        if (!isSmall || !TNumber.class.isAssignableFrom(output.type())) {
            return Optional.empty();
        }
        var numbers = ModelProgram.buildCast(tf, output, DataType.DT_DOUBLE);
        try (var result = session.runner().fetch(numbers).run()) {
            var tensor = (TFloat64) result.get(0);
            var values = new double[Math.toIntExact(tensor.size())];
            tensor.asRawTensor().data().asDoubles().read(values);
            return Optional.of(values);
        }
    }

    /** Whether the tensor is that one number. */
    boolean is(TensorName tensor, double value) {
        return findScalar(tensor).filter(found -> found == value).isPresent();
    }
}
