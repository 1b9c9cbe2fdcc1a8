package sckd.autodiff;

import com.google.common.collect.HashMultimap;
import com.google.common.collect.SetMultimap;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.proto.DataType;
import sckd.UserException;

/**
 * What a gradient of one loss can reach: the ops that feed it through floating-point tensors, up to {@code stopGradient}.
 *
 * <p>TensorFlow's own walk fails in the middle, without naming a node, and leaves half a backward pass in the graph; so this is asked first.
 */
final class BackwardPath {
    private static final Set<DataType> DIFFERENTIABLE = Set.of(
            DataType.DT_FLOAT,
            DataType.DT_DOUBLE,
            DataType.DT_HALF,
            DataType.DT_BFLOAT16,
            DataType.DT_COMPLEX64,
            DataType.DT_COMPLEX128);
    /** Ops that are registered as having no gradient: it ends there, where at an op without registration it fails. */
    private static final Set<String> BARRIERS = Set.of("StopGradient", "ZerosLike", "Floor");

    private final Set<Output<?>> tensors = new HashSet<>();
    private final Set<GraphOperation> operations = new LinkedHashSet<>();
    private final SetMultimap<GraphOperation, GraphOperation> consumers = HashMultimap.create();

    private BackwardPath() {}

    /** Walks from the loss against the arrows of the graph. */
    static BackwardPath find(Output<?> loss) {
        var path = new BackwardPath();
        Deque<GraphOperation> open = new ArrayDeque<>();
        path.tensors.add(loss);
        path.operations.add((GraphOperation) loss.op());
        open.add((GraphOperation) loss.op());
        while (!open.isEmpty()) {
            var operation = open.remove();
            if (BARRIERS.contains(operation.type())) {
                continue;
            }
            for (var input : operation.inputs()) {
                var tensor = input.asOutput();
                if (!DIFFERENTIABLE.contains(tensor.dataType())) {
                    continue;
                }
                var producer = (GraphOperation) tensor.op();
                path.tensors.add(tensor);
                path.consumers.put(producer, operation);
                if (path.operations.add(producer)) {
                    open.add(producer);
                }
            }
        }
        return path;
    }

    boolean reaches(Output<?> value) {
        return tensors.contains(value);
    }

    /**
     * @param values what the gradient is taken to
     * @throws UserException if an op between them and the loss has no gradient
     */
    void checkDifferentiable(Collection<? extends Output<?>> values) {
        var between = between(values);
        for (var operation : operations) {
            if (between.contains(operation)) {
                MissingGradients.find(operation).ifPresent(what -> {
                    throw new UserException("TensorFlow has no gradient for " + what + ", node '" + operation.name()
                            + "': the variables that feed it cannot be trained; use a model without that op");
                });
            }
        }
    }

    /** The ops on a way from a value to the loss; not the values' own. */
    private Set<GraphOperation> between(Collection<? extends Output<?>> values) {
        var between = new HashSet<GraphOperation>();
        Deque<GraphOperation> open = new ArrayDeque<>();
        values.forEach(value -> open.add((GraphOperation) value.op()));
        while (!open.isEmpty()) {
            for (var consumer : consumers.get(open.remove())) {
                if (between.add(consumer)) {
                    open.add(consumer);
                }
            }
        }
        return between;
    }
}
