package sckd.savedmodel;

import com.google.common.collect.LinkedListMultimap;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.VariableDef;
import sckd.UserException;

/**
 * A program in which variables have taken the place of the constants that are weights, with all that loaders need to restore them: a saver and the
 * collections of TF 1, and objects where the program has such. Signatures, functions and their results stay what they are.
 *
 * @param objects what the checkpoint is to hold under {@code _CHECKPOINTABLE_OBJECT_GRAPH}; empty for a program without objects
 */
record WeightProgram(
        MetaGraphDef before,
        MetaGraphDef metaGraph,
        List<WeightVariable> variables,
        Optional<ByteString> objects,
        Optional<Checkpoint> checkpoint) {
    private static final String NAME = "weights";

    /** @throws UserException if the model has no constant weights, or its functions are used in a way that cannot be followed */
    static WeightProgram of(SavedModelFile file, ModelSettings settings, Optional<Checkpoint> checkpoint) {
        return file.locate(() -> build(file.metaGraph(), findWeights(file, settings), checkpoint));
    }

    private static List<ConstantWeights.Weight> findWeights(SavedModelFile file, ModelSettings settings) {
        var graph = file.metaGraph().getGraphDef();
        var signature = SignatureChoice.choose(file, settings);
        var roots = signature.outputTensors().stream()
                .map(TensorName::node)
                .distinct()
                .toList();
        var input = ImagesInput.choose(signature, graph, settings.input());
        var flat = Flattener.flatten(graph, roots, OpDefs.registered()).graph();
        var weights = ConstantWeights.find(flat, input.name().node());
        if (weights.stream().noneMatch(ConstantWeights.Weight::trainable)) {
            throw new UserException(
                    "signature '" + signature.name()
                            + "' has no constants that are weights; expected float constants in the kernels, biases or scales of its layers");
        }
        return weights;
    }

    private static WeightProgram build(
            MetaGraphDef before, List<ConstantWeights.Weight> weights, Optional<Checkpoint> checkpoint) {
        var saved = before.getObjectGraphDef();
        boolean hasObjects = saved.getNodesCount() > 0;
        var child = hasObjects ? WeightObjects.unusedChild(saved, NAME) : "";
        var names = before.getGraphDef().getNodeList().stream()
                .map(NodeDef::getName)
                .collect(Collectors.toCollection(HashSet::new));
        var variables = new LinkedHashMap<FlatGraph.Origin, WeightVariable>();
        for (var weight : weights) {
            var key = child + "/" + variables.size() + "/.ATTRIBUTES/VARIABLE_VALUE";
            var name = unusedName(names, NAME + "/" + weight.origin().node());
            variables.put(weight.origin(), WeightVariable.of(weight, name, hasObjects ? key : name));
        }
        var all = List.copyOf(variables.values());
        addTwins(before, variables);
        var arguments = WeightArguments.of(before.getGraphDef(), saved, variables);
        var metaGraph = before.toBuilder();
        Optional<ByteString> stored = Optional.empty();
        if (hasObjects) {
            var objects = new WeightObjects(all, arguments, child);
            metaGraph.setObjectGraphDef(objects.add(saved));
            stored = Optional.of(objects.add(checkpoint
                            .map(ObjectGraphKeys::readCheckpointObjects)
                            .orElseGet(() -> WeightObjects.stored(saved)))
                    .toByteString());
        }
        var saver = WeightSaver.of(
                all,
                checkpoint.isPresent() ? before.getSaverDef() : SaverDef.getDefaultInstance(),
                stored,
                unusedName(names, NAME + "_saver"));
        metaGraph
                .setGraphDef(new WeightRewriting(variables, arguments)
                        .rewrite(before.getGraphDef()).toBuilder().addAllNode(saver.nodes()))
                .setSaverDef(saver.definition());
        addToCollection(metaGraph, VariableCollection.ALL, all, variable -> true);
        addToCollection(metaGraph, VariableCollection.TRAINABLE, all, variable -> variable.weight()
                .trainable());
        return new WeightProgram(before, metaGraph.build(), all, stored, checkpoint);
    }

    /**
     * Functions that the signature does not call may be other copies of those that it does, as Python traces one for each way of calling: a constant of
     * the same name and value there is the same weight.
     */
    private static void addTwins(MetaGraphDef metaGraph, Map<FlatGraph.Origin, WeightVariable> variables) {
        var byName = LinkedListMultimap.<String, WeightVariable>create();
        variables.forEach((origin, variable) -> {
            if (!origin.function().isEmpty()) {
                byName.put(origin.node(), variable);
            }
        });
        for (var function : metaGraph.getGraphDef().getLibrary().getFunctionList()) {
            for (var node : function.getNodeDefList()) {
                var value = node.getAttrOrDefault("value", AttrValue.getDefaultInstance())
                        .getTensor();
                byName.get(node.getName()).stream()
                        .filter(variable -> variable.weight().value().equals(value))
                        .findFirst()
                        .ifPresent(variable -> variables.putIfAbsent(
                                new FlatGraph.Origin(function.getSignature().getName(), node.getName()), variable));
            }
        }
    }

    private static String unusedName(Set<String> names, String wanted) {
        var name = wanted;
        for (int i = 1; !names.add(name); i++) {
            name = wanted + "_" + i;
        }
        return name;
    }

    private static void addToCollection(
            MetaGraphDef.Builder metaGraph,
            String name,
            List<WeightVariable> variables,
            Predicate<WeightVariable> isOf) {
        var collection = metaGraph.getCollectionDefOrDefault(name, CollectionDef.getDefaultInstance()).toBuilder();
        variables.stream()
                .filter(isOf)
                .map(WeightVariable::toVariableDef)
                .map(VariableDef::toByteString)
                .forEach(collection.getBytesListBuilder()::addValue);
        metaGraph.putCollectionDef(name, collection.build());
    }

    /** Replaces program and checkpoint in a directory; a fingerprint, which would be that of the old ones, goes. */
    void write(Path directory) throws IOException {
        new WeightCheckpoint(variables, objects, checkpoint).write(directory);
        var path = directory.resolve("saved_model.pb");
        var model = parse(path);
        for (int i = 0; i < model.getMetaGraphsCount(); i++) {
            if (model.getMetaGraphs(i).getMetaInfoDef().equals(before.getMetaInfoDef())) {
                model.setMetaGraphs(i, metaGraph);
            }
        }
        Files.write(path, model.build().toByteArray());
        Files.deleteIfExists(directory.resolve("fingerprint.pb"));
    }

    private static SavedModel.Builder parse(Path path) throws IOException {
        try {
            return SavedModel.parseFrom(ModelFile.read(path)).toBuilder();
        } catch (InvalidProtocolBufferException e) {
            throw new IOException(path + " has changed meanwhile", e);
        }
    }
}
