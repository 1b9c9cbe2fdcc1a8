package sckd.savedmodel;

import com.google.common.collect.SetMultimap;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.VariableDef;
import sckd.UserException;

/**
 * Binds every variable that a graph reads to its keys in the checkpoint. A weight may stand there under several: Keras 3's {@code export()}
 * writes each twice, TensorFlow Serving restores one copy ({@link RestoreKeys}) and Python the other ({@link ObjectGraphKeys}). All are found,
 * the one that serving restores first.
 */
final class VariableBinding {
    private static final String TRAINABLE = "trainable_variables";

    private final Checkpoint checkpoint;
    private final ObjectGraphKeys objects;
    private final SetMultimap<String, String> restored;
    private final Optional<Set<String>> collection;
    private final FlatGraph graph;
    private final Set<String> movingStatistics;

    private VariableBinding(SavedModelFile file, FlatGraph graph, Checkpoint checkpoint, OpDefs ops) {
        this.checkpoint = checkpoint;
        this.graph = graph;
        objects = ObjectGraphKeys.read(file, checkpoint);
        restored = file.locate(() -> RestoreKeys.read(file, ops));
        collection = readTrainableCollection(file);
        movingStatistics = BatchNorms.movingStatistics(graph);
    }

    /**
     * @param graph flat and pruned
     * @param checkpoint empty where the model has none
     * @return in the order in which the graph first uses them
     * @throws UserException if a variable is not in the checkpoint, or there with another type or shape
     */
    static List<ModelVariable> bind(SavedModelFile file, FlatGraph graph, Optional<Checkpoint> checkpoint, OpDefs ops) {
        var handles = handlesInOrderOfUse(graph);
        if (handles.isEmpty()) {
            return List.of();
        }
        var values = checkpoint.orElseThrow(() -> new UserException(file.path() + ": reads " + handles.size()
                + " variables, and there is no variables/variables.index beside it that holds their values"));
        var binding = new VariableBinding(file, graph, values, ops);
        return handles.stream().map(binding::bind).toList();
    }

    private static List<NodeDef> handlesInOrderOfUse(FlatGraph graph) {
        var used = new LinkedHashSet<NodeDef>();
        for (var node : graph.nodes().values()) {
            for (var input : FlatGraph.dataInputs(node)) {
                var producer = graph.nodes().get(graph.withoutIdentities(input).node());
                if (producer.getOp().equals("VarHandleOp")) {
                    used.add(producer);
                }
            }
        }
        return List.copyOf(used);
    }

    private ModelVariable bind(NodeDef handle) {
        var name = handle.getName();
        var keys = new LinkedHashSet<>(restored.get(name));
        keys.addAll(objects.keys().get(name));
        if (keys.isEmpty()) {
            throw new UserException(checkpoint.index() + ": nothing binds the variable '" + name
                    + "' to a key of the checkpoint; neither the model's restore nor its objects name it");
        }
        var dtype = handle.getAttrOrThrow("dtype").getType();
        var shape = Shapes.of(handle.getAttrOrDefault("shape", UNKNOWN_SHAPE).getShape());
        for (var key : keys) {
            shape = check(name, dtype, shape, key);
        }
        return new ModelVariable(name, dtype, shape, isTrainable(name, dtype), List.copyOf(keys));
    }

    private static final AttrValue UNKNOWN_SHAPE =
            AttrValue.newBuilder().setShape(Shapes.toProto(Shape.unknown())).build();

    /** Returns the checkpoint's shape, which is whole where the handle's may not be. */
    private Shape check(String variable, DataType dtype, Shape shape, String key) {
        var entry = checkpoint.entries().get(key);
        if (entry == null) {
            throw new UserException(checkpoint.index() + " has no key '" + key + "' for the variable '" + variable
                    + "'; it belongs to another model");
        }
        checkWhole(key, entry); // first: a part has another shape
        var stored = Shapes.of(entry.getShape());
        if (entry.getDtype() != dtype || !shape.isCompatibleWith(stored)) {
            throw new UserException(checkpoint.index() + ": '" + key + "' is " + describe(entry.getDtype(), stored)
                    + "; the variable '" + variable + "' is " + describe(dtype, shape)
                    + "; the checkpoint belongs to another model");
        }
        return stored;
    }

    private void checkWhole(String key, BundleEntryProto entry) {
        if (entry.getSlicesCount() > 0) {
            throw new UserException(checkpoint.index() + ": '" + key + "' is stored in " + entry.getSlicesCount()
                    + " slices (a partitioned variable); expected one whole tensor");
        }
    }

    private static String describe(DataType dtype, Shape shape) {
        return dtype + " " + Shapes.describe(shape);
    }

    /** As the objects say, else as the collection says, else whatever is float and no moving statistic. */
    private boolean isTrainable(String handle, DataType dtype) {
        if (objects.trainable().containsKey(handle)) {
            return objects.trainable().get(handle);
        }
        return collection
                .map(names -> names.contains(handle))
                .orElseGet(() -> dtype == DataType.DT_FLOAT && !movingStatistics.contains(handle));
    }

    private static Optional<Set<String>> readTrainableCollection(SavedModelFile file) {
        var collection = file.metaGraph().getCollectionDefMap().get(TRAINABLE);
        if (collection == null) {
            return Optional.empty();
        }
        var names = new HashSet<String>();
        for (var bytes : collection.getBytesList().getValueList()) {
            try {
                names.add(TensorName.parse(VariableDef.parseFrom(bytes).getVariableName())
                        .node());
            } catch (InvalidProtocolBufferException e) {
                throw new UserException(
                        file.path() + ": the collection '" + TRAINABLE + "' is damaged: it cannot be parsed", e);
            }
        }
        return Optional.of(names);
    }
}
