package sckd.savedmodel;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.SetMultimap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import sckd.UserException;

/**
 * Binds every variable that a graph reads to its keys in the checkpoint. A weight may stand there under several: Keras 3's {@code export()}
 * writes each twice, TensorFlow Serving restores one copy ({@link RestoreKeys}) and Python the other ({@link ObjectGraphKeys}). All are found,
 * the one that serving restores first.
 */
final class VariableBinding {
    private static final AttrValue UNKNOWN_SHAPE =
            AttrValue.newBuilder().setShape(Shapes.toProto(Shape.unknown())).build();

    private final Checkpoint checkpoint;
    private final FlatGraph graph;
    private final ObjectGraphKeys objects;
    private final SetMultimap<String, RestoreKeys.Restored> restored;
    private final SetMultimap<SharedName, String> bySharedName;

    private VariableBinding(SavedModelFile file, FlatGraph graph, Checkpoint checkpoint, OpDefs ops) {
        this.checkpoint = checkpoint;
        this.graph = graph;
        objects = ObjectGraphKeys.read(file, checkpoint);
        restored = file.locate(() -> RestoreKeys.read(file, ops));
        var shared = ImmutableSetMultimap.<SharedName, String>builder();
        file.metaGraph().getGraphDef().getNodeList().stream()
                .filter(node -> node.getOp().equals("VarHandleOp"))
                .forEach(node -> SharedName.of(node).ifPresent(name -> shared.put(name, node.getName())));
        bySharedName = shared.build();
    }

    /**
     * What was bound.
     *
     * @param variables in the order in which the graph first uses them
     * @param notes what was noticed, a sentence each
     */
    record Bound(List<ModelVariable> variables, List<String> notes) {}

    /**
     * @param graph flat and pruned
     * @param checkpoint empty where the model has none
     * @throws UserException if a variable is not in the checkpoint, or there with another type or shape
     */
    static Bound bind(SavedModelFile file, FlatGraph graph, Optional<Checkpoint> checkpoint, OpDefs ops) {
        var handles = handlesInOrderOfUse(graph);
        if (handles.isEmpty()) {
            return new Bound(List.of(), List.of());
        }
        var values = checkpoint.orElseThrow(() -> new UserException(file.path() + ": reads " + handles.size()
                + " variables, and there is no variables/variables.index beside it that holds their values"));
        var binding = new VariableBinding(file, graph, values, ops);
        var variables = handles.stream().map(binding::bind).toList();
        var trainable = TrainableVariables.choose(
                graph,
                variables,
                binding.objects,
                VariableCollection.find(file, VariableCollection.TRAINABLE, binding.restored),
                VariableCollection.find(file, VariableCollection.ALL, binding.restored));
        var notes = ImmutableList.<String>builder().addAll(trainable.notes());
        LeftOutVariables.find(file, variables, binding.restored, binding.objects)
                .findNote()
                .ifPresent(notes::add);
        return new Bound(
                variables.stream()
                        .map(variable ->
                                trainable.handles().contains(variable.handle()) ? variable.asTrainable() : variable)
                        .toList(),
                notes.build());
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
        var places = findPlaces(handle);
        if (places.isEmpty()) {
            throw new UserException(checkpoint.index() + ": nothing binds the variable '" + name
                    + "' to a key of the checkpoint; neither the model's restore nor its objects name it");
        }
        var dtype = handle.getAttrOrThrow("dtype").getType();
        var shape = Shapes.of(handle.getAttrOrDefault("shape", UNKNOWN_SHAPE).getShape());
        var slice = places.iterator().next().slice();
        for (var place : places) {
            if (!place.slice().equals(slice)) {
                throw new UserException(checkpoint.index() + ": the variable '" + name
                        + "' is restored from the slices '" + describe(slice) + "' and '" + describe(place.slice())
                        + "'; expected one and the same");
            }
            shape = check(name, dtype, shape, place);
        }
        var keys = places.stream().map(RestoreKeys.Restored::key).distinct().toList();
        return new ModelVariable(name, dtype, shape, false, keys, slice);
    }

    /** Where the variable is restored from; else where another handle of it is, else the key that is called as the variable is. */
    private Set<RestoreKeys.Restored> findPlaces(NodeDef handle) {
        var places = placesOf(handle.getName());
        var shared = SharedName.of(handle);
        if (places.isEmpty() && shared.isPresent()) {
            bySharedName.get(shared.get()).forEach(twin -> places.addAll(placesOf(twin)));
        }
        if (places.isEmpty()) {
            shared.map(SharedName::name)
                    .filter(checkpoint.entries()::containsKey)
                    .ifPresent(key -> places.add(new RestoreKeys.Restored(key, Optional.empty())));
        }
        return places;
    }

    private Set<RestoreKeys.Restored> placesOf(String handle) {
        var places = new LinkedHashSet<>(restored.get(handle));
        var slice = places.stream().findFirst().flatMap(RestoreKeys.Restored::slice);
        objects.keys().get(handle).forEach(key -> places.add(new RestoreKeys.Restored(key, slice)));
        return places;
    }

    /** Returns the checkpoint's shape, which is whole where the handle's may not be. */
    private Shape check(String variable, DataType dtype, Shape shape, RestoreKeys.Restored place) {
        var entry = checkpoint.entries().get(place.key());
        if (entry == null) {
            throw new UserException(checkpoint.index() + " has no key '" + place.key() + "' for the variable '"
                    + variable + "'; it belongs to another model");
        }
        var stored = Shapes.of(entry.getShape());
        var slice = place.slice();
        if (slice.isPresent() && !slice.get().whole().equals(stored)) {
            throw new UserException(checkpoint.index() + ": '" + place.key() + "' is " + Shapes.describe(stored)
                    + "; the variable '" + variable + "' is the slice '" + describe(slice) + "' of it;"
                    + " the checkpoint belongs to another model");
        }
        var part = slice.map(TensorSlice::shape).orElse(stored);
        if (entry.getDtype() != dtype || !shape.isCompatibleWith(part)) {
            throw new UserException(
                    checkpoint.index() + ": '" + place.key() + "' is " + describe(entry.getDtype(), part)
                            + "; the variable '" + variable + "' is " + describe(dtype, shape)
                            + "; the checkpoint belongs to another model");
        }
        return part;
    }

    private static String describe(Optional<TensorSlice> slice) {
        return slice.map(TensorSlice::toString).orElse("");
    }

    private static String describe(DataType dtype, Shape shape) {
        return dtype + " " + Shapes.describe(shape);
    }
}
