package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.tensorflow.Graph;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.VersionDef;
import sckd.UserException;

/**
 * A program that a newer TensorFlow wrote. Its ops are taken as far as this one knows them; attributes that they have got since, and that are at the
 * default which the program's own list of ops gives, mean nothing new and are dropped, as TensorFlow itself does where it reads graphs of newer writers.
 */
final class NewerProgram {
    private final Map<String, OpDef> writers;
    private boolean changed;

    private NewerProgram(MetaGraphDef metaGraph) {
        writers = metaGraph.getMetaInfoDef().getStrippedOpList().getOpList().stream()
                .collect(Collectors.toMap(OpDef::getName, op -> op, (first, second) -> first));
    }

    /**
     * The program as this TensorFlow can take it.
     *
     * @param path named in messages
     * @throws UserException if its writer says that this TensorFlow is too old for it
     */
    static MetaGraphDef adapt(Path path, MetaGraphDef metaGraph) {
        checkVersions(path, metaGraph);
        return new NewerProgram(metaGraph).adapt(metaGraph);
    }

    private static void checkVersions(Path path, MetaGraphDef metaGraph) {
        var versions = metaGraph.getGraphDef().getVersions();
        int ours = Ours.VERSION.getProducer();
        if (versions.getMinConsumer() <= ours && !versions.getBadConsumersList().contains(ours)) {
            return;
        }
        var writer = metaGraph.getMetaInfoDef().getTensorflowVersion();
        throw new UserException(
                "%s: written by TensorFlow %s for readers of graph version %d%s; this TensorFlow, %s, reads as version %d: save the model with an older one"
                        .formatted(
                                path,
                                writer.isEmpty() ? "of an unknown version" : writer,
                                versions.getMinConsumer(),
                                versions.getBadConsumersCount() == 0
                                        ? " or newer"
                                        : " or newer but for " + versions.getBadConsumersList(),
                                TensorFlow.version(),
                                ours));
    }

    /** Asked for once: a graph of this TensorFlow says it. */
    private static final class Ours {
        static final VersionDef VERSION = read();

        private static VersionDef read() {
            try (var graph = new Graph()) {
                return graph.toGraphDef().getVersions();
            }
        }
    }

    private MetaGraphDef adapt(MetaGraphDef metaGraph) {
        if (writers.isEmpty()) {
            return metaGraph;
        }
        var graph = metaGraph.getGraphDef().toBuilder();
        for (int i = 0; i < graph.getNodeCount(); i++) {
            var node = graph.getNode(i);
            var adapted = adapt(node);
            if (adapted != node) {
                graph.setNode(i, adapted);
            }
        }
        adapt(graph.getLibraryBuilder());
        return changed ? metaGraph.toBuilder().setGraphDef(graph).build() : metaGraph;
    }

    private void adapt(FunctionDefLibrary.Builder library) {
        for (int i = 0; i < library.getFunctionCount(); i++) {
            var function = library.getFunction(i);
            for (int k = 0; k < function.getNodeDefCount(); k++) {
                var adapted = adapt(function.getNodeDef(k));
                if (adapted != function.getNodeDef(k)) {
                    library.getFunctionBuilder(i).setNodeDef(k, adapted);
                }
            }
        }
    }

    private NodeDef adapt(NodeDef node) {
        var known = OpDefs.registered().find(node.getOp());
        var writer = writers.get(node.getOp());
        if (known.isEmpty() || writer == null) {
            return node;
        }
        var defaults = defaults(writer);
        var kept = ImmutableMap.<String, AttrValue>builder();
        node.getAttrMap().forEach((name, value) -> {
            if (isKnown(known.get(), name) || !value.equals(defaults.get(name))) {
                kept.put(name, value);
            }
        });
        var attributes = kept.build();
        if (attributes.size() == node.getAttrCount()) {
            return node;
        }
        changed = true;
        return node.toBuilder().clearAttr().putAllAttr(attributes).build();
    }

    /**
     * Refuses attributes that this TensorFlow does not know: it would pass them over, whatever they say.
     *
     * @param graph flat, already adapted
     * @throws UserException names the first one
     */
    static void checkAttributes(FlatGraph graph) {
        for (var node : graph.nodes().values()) {
            OpDefs.registered().find(node.getOp()).ifPresent(op -> node.getAttrMap().keySet().stream()
                    .filter(name -> !isKnown(op, name))
                    .findFirst()
                    .ifPresent(name -> {
                        throw new UserException(
                                "node '%s' (%s) has the attribute '%s', which this TensorFlow, %s, does not know; save the model with an older one"
                                        .formatted(node.getName(), node.getOp(), name, TensorFlow.version()));
                    }));
        }
    }

    private static boolean isKnown(OpDef op, String attribute) {
        return attribute.startsWith("_")
                || op.getAttrList().stream().anyMatch(known -> known.getName().equals(attribute));
    }

    private static Map<String, AttrValue> defaults(OpDef op) {
        return op.getAttrList().stream()
                .filter(OpDef.AttrDef::hasDefaultValue)
                .collect(Collectors.toMap(
                        OpDef.AttrDef::getName, OpDef.AttrDef::getDefaultValue, (first, second) -> first));
    }
}
