package sckd.savedmodel;

import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.NodeDef;

/** One walk from an output to its logits. */
final class OutputTracer {
    /** The same numbers in another shape or type. */
    private static final Set<String> VIEWS = Set.of(
            "Identity",
            "Snapshot",
            "StopGradient",
            "PreventGradient",
            "CheckNumerics",
            "EnsureShape",
            "Cast",
            "Reshape",
            "Squeeze",
            "ExpandDims");

    /** A class id, a score or the name of a class, in part or in another form. */
    private static final Set<String> SELECTIONS = Set.of("StridedSlice", "Slice", "AsString", "Max");

    /** What is looked up is the second input. */
    private static final Set<String> TABLES =
            Set.of("Gather", "GatherV2", "GatherNd", "ResourceGather", "LookupTableFind", "LookupTableFindV2");

    private static final Set<String> CHOICES = Set.of("ArgMax", "TopK", "TopKV2");

    /** Keep the order of the classes if the other operand is one positive number. */
    private static final Set<String> SCALINGS = Set.of("Mul", "RealDiv", "Div");

    /** Keep the order of the classes if the other operands are one number each. */
    private static final Set<String> SHIFTS =
            Set.of("Add", "AddV2", "Sub", "Minimum", "Maximum", "ClipByValue", "Round", "Rint");

    /** Choose the positive class of a sigmoid. */
    private static final Set<String> THRESHOLDS = Set.of("Greater", "GreaterEqual");

    private final FlatGraph graph;
    private final ConstantValues constants;
    private final SoftmaxPatterns softmaxes;
    private final SigmoidPatterns sigmoids;
    private final MixturePatterns mixtures;
    private boolean keepsClasses = true;
    /** What the choice of a class that was passed chooses from. */
    private Optional<TensorName> chosen = Optional.empty();
    /** Whether what was passed is an id, whose arithmetic is none of scores. */
    private boolean isId;

    OutputTracer(FlatGraph graph, ConstantValues constants) {
        this.graph = graph;
        this.constants = constants;
        this.softmaxes = new SoftmaxPatterns(graph, constants);
        this.sigmoids = new SigmoidPatterns(graph, constants);
        this.mixtures = new MixturePatterns(graph, constants, softmaxes, sigmoids);
    }

    Optional<OutputTrace> find(TensorName output) {
        var tensor = Optional.of(output);
        while (tensor.isPresent()) {
            var end = isId ? Optional.<OutputTrace>empty() : findEnd(tensor.get());
            if (end.isPresent()) {
                return end;
            }
            var node = graph.node(tensor.get());
            if (CHOICES.contains(node.getOp())) {
                if (isOverImages(node)) {
                    return Optional.empty();
                }
                isId = false;
                keepsClasses = false;
                chosen = Optional.of(scores(input(node, 0)));
            }
            tensor = step(node);
        }
        var scores = chosen.orElseGet(() -> graph.withoutIdentities(output));
        return mixtures.find(scores)
                .map(kind -> new OutputTrace(kind, scores, keepsClasses))
                .or(() -> chosen.map(best -> new OutputTrace(OutputTrace.Kind.BEST, best, false)));
    }

    /** Without Keras' guard: its argmax takes a tiny number in the place of −0. */
    private TensorName scores(TensorName tensor) {
        var scores = graph.withoutIdentities(tensor);
        return findUnguarded(graph.node(scores)).map(graph::withoutIdentities).orElse(scores);
    }

    private Optional<TensorName> findUnguarded(NodeDef node) {
        return node.getOp().equals("SelectV2")
                        && constants.findScalar(input(node, 1)).isPresent()
                ? Optional.of(input(node, 2))
                : Optional.empty();
    }

    private Optional<OutputTrace> findEnd(TensorName tensor) {
        return softmaxes
                .findInput(tensor)
                .map(logits -> new OutputTrace(OutputTrace.Kind.SOFTMAX, logits, keepsClasses))
                .or(() -> sigmoids.findInput(tensor)
                        .map(logits -> new OutputTrace(OutputTrace.Kind.SIGMOID, logits, keepsClasses)));
    }

    private boolean isOverImages(NodeDef choice) {
        return choice.getOp().equals("ArgMax") && constants.is(input(choice, 1), 0);
    }

    /** The tensor before a node that loses nothing of the choice. */
    private Optional<TensorName> step(NodeDef node) {
        var op = node.getOp();
        if (VIEWS.contains(op) || CHOICES.contains(op)) {
            return Optional.of(input(node, 0));
        }
        if (SELECTIONS.contains(op)) {
            keepsClasses = false;
            return Optional.of(input(node, 0));
        }
        if (TABLES.contains(op)) {
            keepsClasses = false;
            isId = true;
            return Optional.of(input(node, 1));
        }
        if (THRESHOLDS.contains(op)) {
            keepsClasses = false;
            return sigmoids.findInput(input(node, 0)).isPresent() && constants.is(input(node, 1), .5)
                    ? Optional.of(input(node, 0))
                    : Optional.empty();
        }
        if (op.equals("SelectV2")) {
            return findUnguarded(node);
        }
        return SCALINGS.contains(op) || SHIFTS.contains(op) ? stepOverArithmetic(node) : Optional.empty();
    }

    private Optional<TensorName> stepOverArithmetic(NodeDef node) {
        var inputs = FlatGraph.dataInputs(node);
        boolean commutes = !node.getOp().equals("Sub") && !node.getOp().endsWith("Div");
        var scores = commutes && constants.findScalar(inputs.get(0)).isPresent() && inputs.size() > 1
                ? inputs.get(1)
                : inputs.get(0);
        boolean keepsOrder = inputs.stream()
                .filter(input -> !input.equals(scores))
                .map(constants::findScalar)
                .allMatch(number -> number.isPresent() && (!SCALINGS.contains(node.getOp()) || number.get() > 0));
        return keepsOrder ? Optional.of(scores) : Optional.empty();
    }

    private static TensorName input(NodeDef node, int index) {
        return FlatGraph.dataInputs(node).get(index);
    }
}
