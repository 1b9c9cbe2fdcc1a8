package sckd.savedmodel;

import com.google.common.collect.ImmutableSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import sckd.Nearest;
import sckd.UserException;

/** The tensor of a feature that is asked for: by the name of a layer, or by its own, {@code node:index}, as `sckd inspect` prints it. */
final class FeatureTensor {
    private FeatureTensor() {}

    /** @throws UserException if there is none that depends on the images; names the nearest */
    static TensorName find(ClassifierModel model, FlatGraph graph, String name) {
        var layer = model.features().get(name);
        return layer != null ? layer : findTensor(model, graph, name).orElseThrow(() -> unknown(model, graph, name));
    }

    private static Optional<TensorName> findTensor(ClassifierModel model, FlatGraph graph, String name) {
        TensorName tensor;
        try {
            tensor = TensorName.parse(name);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        var node = graph.nodes().get(tensor.node());
        if (node == null) {
            return Optional.empty();
        }
        var outputs = OpDefs.registered()
                .find(node.getOp())
                .map(op -> op.getOutputArgList().stream()
                        .mapToInt(argument -> OpDefs.tensorCount(argument, node))
                        .sum())
                .orElse(0);
        if (tensor.index() >= outputs) {
            throw new UserException("%s: node '%s' (%s) has %d tensors, numbered from 0; there is no '%s'"
                    .formatted(model.directory(), tensor.node(), node.getOp(), outputs, name));
        }
        if (!graph.descendants(List.of(model.input().node())).contains(tensor.node())) {
            throw new UserException("%s: the tensor '%s' does not depend on the images; choose one that does"
                    .formatted(model.directory(), name));
        }
        return Optional.of(tensor);
    }

    /** A model has few layers, which can be listed, and many tensors: of them only a near one is named. */
    private static UserException unknown(ClassifierModel model, FlatGraph graph, String name) {
        var layers = model.features().keySet();
        Set<String> tensors = graph.nodes().keySet().stream()
                .map(node -> new TensorName(node, 0).toString())
                .collect(ImmutableSet.toImmutableSet());
        boolean isTensor = Nearest.find(name, layers).isEmpty()
                && Nearest.find(name, tensors).isPresent();
        return new UserException("unknown layer '%s' of %s; %s"
                .formatted(name, model.directory(), Nearest.hint(name, isTensor ? tensors : layers)));
    }
}
