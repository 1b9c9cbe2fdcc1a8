package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import com.google.common.collect.Sets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import sckd.UserException;

/**
 * Says of a program whether a model is to be trained by it. It may assign to the model's own variables, as far as they are not trained, and has no
 * other side effect.
 *
 * @param inference the program that it must be a twin of
 * @param variables that inference reads
 * @param settings that the model is read with
 */
record TrainingJudge(
        SavedModelFile file,
        ModelReader.Judged inference,
        List<ModelVariable> variables,
        Optional<Checkpoint> checkpoint,
        ModelSettings settings,
        OpDefs ops) {
    private static final Set<String> FUSED = Set.of("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3");
    private static final AttrValue TRAINING = AttrValue.newBuilder().setB(true).build();
    private static final String UPDATE = "update of ";

    /** A program that may be one for training: a signature of a graph, and what messages call it. */
    record Candidate(String origin, GraphDef graph, Signature signature) {}

    /**
     * One that is.
     *
     * @param variables those of inference, and after them those that only this one has
     * @param unkeyed kinds of op that draw random numbers from the runtime
     */
    record Found(TrainingProgram program, List<ModelVariable> variables, Set<String> unkeyed) {}

    /**
     * @return empty where it computes no other than inference
     * @throws UserException if it is for training and cannot be used
     */
    Optional<Found> judge(Candidate candidate) {
        var roots = candidate.signature.outputTensors().stream()
                .map(TensorName::node)
                .distinct()
                .toList();
        var flat = Flattener.flatten(candidate.graph, roots, ops);
        var graph = RefVariables.rewrite(flat.graph(), flat.replacements());
        var pure = PureProgram.of(graph);
        if (!isForTraining(pure)) {
            return Optional.empty();
        }
        var bound = VariableBinding.bind(file, graph, checkpoint, ops).variables();
        checkAssigned(pure, bound);
        var own = settingsFor(candidate.signature);
        var program = InferenceProgram.build(
                withGraph(pure.graph()),
                signature(candidate, flat, pure, bound),
                own,
                ops,
                GraphRewrite.Purpose.TRAINING);
        var trusted = new TrustedOps(settings.trustedOps());
        AllowedOps.check(program.graph(), trusted);
        trusted.checkNoFunctions(program.graph());
        ImageInput.check(program.input());
        var found = ModelReader.findLogits(withoutUpdates(program), own);
        if (found.batch().rewritten().isPresent()
                || BatchSize.isFixed(found.batch().program().input().shape())) {
            throw new UserException("it takes a fixed number of images");
        }
        var judged = found.batch().program();
        var types = judged.inferTypes();
        checkTwin(judged, types, found.logits());
        var random = StatelessRandom.rewrite(judged.graph());
        var training = new TrainingProgram(
                candidate.origin,
                random.graph().toGraphDef(),
                judged.input(),
                found.logits(),
                pairFeatures(judged, types, found.logits()),
                random.counter(),
                updates(pure, program));
        return Optional.of(new Found(training, withVariablesOf(bound), random.left()));
    }

    /** Of what is stated of the model, what a signature has by the same name. */
    private ModelSettings settingsFor(Signature signature) {
        var images = settings.input().name().filter(signature.inputs()::containsKey);
        var output = settings.output().filter(signature.outputs()::containsKey);
        var others = Maps.filterKeys(settings.input().others(), signature.inputs()::containsKey);
        var input = new InputSettings(
                images, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), others);
        return new ModelSettings(
                Optional.empty(), Optional.empty(), input, output, List.of(), Optional.empty(), settings.trustedOps());
    }

    private boolean isForTraining(PureProgram pure) {
        var nodes = pure.graph().nodes().values();
        // layer norm of Keras 2 is a fused batch norm as well, in inference too
        boolean normalisesByBatch = countNormalisingByBatch(pure.graph())
                > countNormalisingByBatch(inference.program().graph());
        if (normalisesByBatch && pure.values().isEmpty()) {
            throw new UserException("it normalises by the batch and moves no averages");
        }
        return !pure.values().isEmpty()
                || (nodes.stream().anyMatch(StatelessRandom::draws)
                        && inference.program().graph().nodes().values().stream().noneMatch(StatelessRandom::draws));
    }

    private static long countNormalisingByBatch(FlatGraph graph) {
        return graph.nodes().values().stream()
                .filter(TrainingJudge::normalisesByBatch)
                .count();
    }

    private static boolean normalisesByBatch(NodeDef node) {
        return FUSED.contains(node.getOp())
                && node.getAttrOrDefault("is_training", TRAINING).getB();
    }

    /** A step of its own, with an optimizer, assigns what is trained. */
    private void checkAssigned(PureProgram pure, List<ModelVariable> bound) {
        // what inference reads is judged there, where moving averages are seen to be such
        var known = Maps.uniqueIndex(withVariablesOf(bound), ModelVariable::handle);
        for (var handle : pure.values().keySet()) {
            if (!known.containsKey(handle)) {
                throw new UserException("it assigns '" + handle + "', which is no variable of the model");
            }
            if (known.get(handle).trainable()) {
                throw new UserException("it assigns the variable '" + handle + "', which is trained");
            }
        }
    }

    private SavedModelFile withGraph(FlatGraph graph) {
        return new SavedModelFile(
                file.path(),
                file.metaGraph().toBuilder()
                        .setGraphDef(graph.toGraphDef())
                        .clearSignatureDef()
                        .build());
    }

    /** The candidate's outputs and the new values. */
    private static Signature signature(
            Candidate candidate, Flattener.Result flat, PureProgram pure, List<ModelVariable> bound) {
        var outputs = new LinkedHashMap<String, Signature.Tensor>();
        candidate
                .signature
                .outputs()
                .forEach((name, tensor) -> outputs.put(
                        name, new Signature.Tensor(flat.resolve(tensor.name()), tensor.dtype(), tensor.shape())));
        bound.stream()
                .filter(variable -> pure.values().containsKey(variable.handle()))
                .forEach(variable -> outputs.put(
                        UPDATE + variable.handle(),
                        new Signature.Tensor(
                                pure.values().get(variable.handle()), variable.dtype(), variable.shape())));
        return new Signature(candidate.signature.name(), Signature.PREDICT, candidate.signature.inputs(), outputs);
    }

    private static InferenceProgram withoutUpdates(InferenceProgram program) {
        return new InferenceProgram(
                program.graph(),
                program.input(),
                Maps.filterKeys(program.outputs(), name -> !name.startsWith(UPDATE)),
                Maps.filterKeys(program.answers(), name -> !name.startsWith(UPDATE)),
                Map.of(),
                program.notes());
    }

    private static Map<String, TensorName> updates(PureProgram pure, InferenceProgram program) {
        return pure.values().keySet().stream()
                .collect(ImmutableMap.toImmutableMap(
                        handle -> handle, handle -> program.outputs().get(UPDATE + handle)));
    }

    private void checkTwin(InferenceProgram program, TensorTypes types, TensorName logits) {
        var own = inference.types().shape(inference.logits());
        if (!types.shape(logits).isCompatibleWith(own)) {
            throw new UserException("its logits are %s, those of '%s' %s"
                    .formatted(Shapes.describe(types.shape(logits)), inference.logits(), Shapes.describe(own)));
        }
        var trained = Sets.intersection(
                trainable(),
                inference.program().graph().ancestors(List.of(inference.logits().node())));
        var unread = Sets.difference(trained, program.graph().ancestors(List.of(logits.node())));
        if (!unread.isEmpty()) {
            throw new UserException("its logits do not depend on '%s'"
                    .formatted(unread.iterator().next()));
        }
        var gradientless = GradientlessOps.findBetween(program.graph(), types, trained, logits);
        if (!gradientless.isEmpty()) {
            throw new UserException("there is no gradient for " + gradientless.get(0));
        }
    }

    private Set<String> trainable() {
        return variables.stream()
                .filter(ModelVariable::trainable)
                .map(ModelVariable::handle)
                .collect(Collectors.toSet());
    }

    /** A feature is found again by the layer that it is the result of. */
    private Map<String, TensorName> pairFeatures(InferenceProgram program, TensorTypes types, TensorName logits) {
        var layers = FeatureLayers.find(
                inference.program().graph(),
                inference.types(),
                inference.program().input(),
                inference.logits());
        var twins = FeatureLayers.find(program.graph(), types, program.input(), logits);
        var features = new LinkedHashMap<String, TensorName>();
        inference.features().forEach((name, tensor) -> layers.entrySet().stream()
                .filter(layer -> layer.getValue().equals(tensor))
                .map(Map.Entry::getKey)
                .filter(twins::containsKey)
                .filter(layer -> types.shape(twins.get(layer))
                        .isCompatibleWith(inference.types().shape(tensor)))
                .findFirst()
                .ifPresent(layer -> features.put(name, twins.get(layer))));
        return features;
    }

    private List<ModelVariable> withVariablesOf(List<ModelVariable> bound) {
        var all = new ArrayList<>(variables);
        var known = variables.stream().map(ModelVariable::handle).collect(Collectors.toSet());
        bound.stream().filter(variable -> !known.contains(variable.handle())).forEach(all::add);
        return all;
    }
}
