package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;
import sckd.UserException;

/**
 * A signature's graph, flat, with what its outputs and the model's named features need and no more. Not yet judged.
 *
 * @param outputs of the signature, by name
 * @param answers the outputs, or the one tensor that is stated, among which the logits are
 * @param namedFeatures the outputs of the signature {@code features}; empty where the model has none
 */
record InferenceProgram(
        FlatGraph graph,
        ModelInput input,
        Map<String, TensorName> outputs,
        Map<String, TensorName> answers,
        Map<String, TensorName> namedFeatures,
        List<String> notes) {

    /** The same outputs of a graph with more or other nodes. */
    InferenceProgram with(FlatGraph newGraph, List<String> newNotes) {
        return new InferenceProgram(newGraph, input, outputs, answers, namedFeatures, newNotes);
    }

    /** The same with its input known to take another number of images. */
    InferenceProgram with(ModelInput newInput) {
        return new InferenceProgram(graph, newInput, outputs, answers, namedFeatures, notes);
    }

    /** @throws UserException if no input of the signature is plainly the images, the stated output is not there, or the graph is not whole */
    static InferenceProgram build(SavedModelFile file, Signature signature, ModelSettings settings, OpDefs ops) {
        return build(file, signature, settings, ops, GraphRewrite.Purpose.INFERENCE);
    }

    /** The same of a signature for that purpose: in training, dropout and the like stay on. */
    static InferenceProgram build(
            SavedModelFile file,
            Signature signature,
            ModelSettings settings,
            OpDefs ops,
            GraphRewrite.Purpose purpose) {
        var whole = file.metaGraph().getGraphDef();
        var input = ImagesInput.choose(signature, whole, settings.input());
        SignatureTypes.checkInput(whole, input);
        var others = OtherInputs.find(
                signature, input.name().node(), whole, settings.input().others());
        others.forEach(OtherInput::check);
        others.forEach(other -> SignatureTypes.checkInput(whole, other.tensor()));
        var features = Signature.readAll(file).get(Signature.FEATURES);
        var notes = new ArrayList<String>();
        if (features != null && features != signature && !takesTheSame(features, input, others)) {
            notes.add("The signature 'features' takes another input than '" + signature.name() + "'; it is not used.");
            features = null;
        }
        var tensors = new ArrayList<>(signature.outputTensors());
        if (features != null) {
            tensors.addAll(features.outputTensors());
        }
        var roots = new LinkedHashSet<String>();
        tensors.forEach(tensor -> roots.add(tensor.node()));
        Answers.findRoot(settings.output(), signature, whole).ifPresent(roots::add);
        var flat = Flattener.flatten(OtherInputs.replace(whole, input, placeholder(input), others), roots, ops);
        notes.addAll(flat.notes());
        var given = new ModelInput(input.name().node(), input.dtype(), input.shape());
        var all = new LinkedHashMap<>(resolve(flat, signature));
        var outputs = new LabelOutputs(flat.graph(), given)
                .replace(Answers.withoutUnfed(flat.graph(), all, input, notes), notes);
        all.putAll(outputs);
        var answers = settings.output().isPresent() ? Answers.choose(settings.output(), all, flat) : outputs;
        var named = features == null ? Map.<String, TensorName>of() : resolve(flat, features);
        var needed = new ArrayList<>(outputs.values());
        needed.addAll(answers.values());
        needed.addAll(named.values());
        var context =
                new GraphRewrite.Context(purpose, input.name().node(), whole.getLibrary(), flat.replacements(), notes);
        var graph = GraphRewrites.ofShapes(
                GraphRewrites.ofOps(flat.graph(), context, needed),
                context,
                needed,
                new TrustedOps(settings.trustedOps()));
        checkFed(graph, signature, input);
        tellOthers(graph, others, notes);
        return new InferenceProgram(
                graph,
                given,
                renamed(outputs, flat),
                renamed(answers, flat),
                renamed(named, flat),
                notes.stream().distinct().toList());
    }

    /** @throws UserException if TensorFlow does not know or take the graph, or a signature names a tensor that it does not hold */
    TensorTypes inferTypes() {
        NewerProgram.checkAttributes(graph);
        var types = TensorTypes.infer(graph.toGraphDef());
        checkHeld(outputs, types);
        checkHeld(answers, types);
        checkHeld(namedFeatures, types);
        return types;
    }

    private static void checkHeld(Map<String, TensorName> outputs, TensorTypes types) {
        outputs.forEach((name, tensor) -> {
            if (!types.byTensor().containsKey(tensor)) {
                throw new UserException("the signature's output '" + name + "' is the tensor '" + tensor
                        + "', which the graph does not hold");
            }
        });
    }

    private static boolean takesTheSame(Signature signature, Signature.Tensor input, List<OtherInput> others) {
        return signature.inputs().values().stream()
                .map(Signature.Tensor::name)
                .allMatch(name -> name.equals(input.name())
                        || others.stream()
                                .anyMatch(other -> other.tensor().name().equals(name)));
    }

    /** A signature may be fed at any node: a Placeholder of an open batch takes the images' place. */
    private static NodeDef placeholder(Signature.Tensor input) {
        return NodeDef.newBuilder()
                .setName(input.name().node())
                .setOp("Placeholder")
                .putAttr("dtype", AttrValue.newBuilder().setType(input.dtype()).build())
                .putAttr(
                        "shape",
                        AttrValue.newBuilder()
                                .setShape(Shapes.toProto(BatchSize.open(input.shape())))
                                .build())
                .build();
    }

    /** The tensors under the names that the rewrites gave them. */
    private static Map<String, TensorName> renamed(Map<String, TensorName> tensors, Flattener.Result flat) {
        var renamed = ImmutableMap.<String, TensorName>builder();
        tensors.forEach((name, tensor) -> renamed.put(name, flat.resolve(tensor)));
        return renamed.build();
    }

    private static Map<String, TensorName> resolve(Flattener.Result flat, Signature signature) {
        var resolved = ImmutableMap.<String, TensorName>builder();
        signature.outputs().forEach((name, tensor) -> resolved.put(name, flat.resolve(tensor.name())));
        return resolved.build();
    }

    private static void tellOthers(FlatGraph graph, List<OtherInput> others, List<String> notes) {
        others.stream()
                .filter(other -> graph.nodes().containsKey(other.tensor().name().node()))
                .forEach(other -> notes.add(other.note()));
    }

    private static void checkFed(FlatGraph graph, Signature signature, Signature.Tensor input) {
        if (!graph.nodes().containsKey(input.name().node())) {
            throw new UserException("the signature's outputs do not depend on its input '" + input.name() + "'");
        }
        for (var node : graph.nodes().values()) {
            if (node.getOp().equals("Placeholder")
                    && !node.getName().equals(input.name().node())) {
                throw new UserException(describeUnfed(signature, node.getName()));
            }
        }
    }

    private static String describeUnfed(Signature signature, String node) {
        return signature.inputs().entrySet().stream()
                .filter(input -> input.getValue().name().node().equals(node))
                .findFirst()
                .map(input -> describeUnfed(input.getKey(), input.getValue()))
                .orElse("the signature's outputs need '" + node + "' fed, which is not among its inputs");
    }

    private static String describeUnfed(String name, Signature.Tensor input) {
        var mend = OtherInput.takesNumbers(input.dtype())
                ? "state a number for it (`input: {others: {%s: ...}}`, --feed %s=...)".formatted(name, name)
                : "save the model with a signature of images alone that calls it with a fixed '%s'".formatted(name);
        return "the input '%s' (%s %s) has no default, and what inference gives it is not plain; %s"
                .formatted(name, input.dtype(), Shapes.describe(input.shape()), mend);
    }
}
