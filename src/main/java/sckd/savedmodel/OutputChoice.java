package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import sckd.Nearest;
import sckd.UserException;

/**
 * Which of a signature's outputs tells the logits.
 *
 * @param name of the output, or of the tensor that was asked for
 * @param trace to the logits
 * @param notes what has to be told of the choice
 */
record OutputChoice(String name, OutputTrace trace, List<String> notes) {
    /** The key of a model's settings that names an output. */
    static final String KEY = "output";

    /** An output of this name is taken for what it says. */
    private static final String LOGITS = Logits.NAME;

    private static final int RANK = 2;

    /**
     * The wanted one; else the output named {@code logits}; else the logits that all outputs made of any share; else the only float output of
     * rank 2, or the one that depends on all others of them.
     *
     * @param wanted name of an output or of a tensor of the graph
     * @throws UserException if there is no such
     */
    static OutputChoice choose(
            InferenceProgram program, TensorTypes types, ConstantValues constants, Optional<String> wanted) {
        var search = new Search(program, types, constants);
        return wanted.map(search::take).orElseGet(search::choose);
    }

    private record Search(InferenceProgram program, TensorTypes types, ConstantValues constants) {
        OutputChoice take(String name) {
            var output = program.answers().getOrDefault(name, program.outputs().get(name));
            if (output != null) {
                return of(name, trace(output));
            }
            return of(name, trace(tensor(name)));
        }

        private TensorName tensor(String name) {
            Optional<TensorName> tensor;
            try {
                tensor = Optional.of(TensorName.parse(name)).filter(types.byTensor()::containsKey);
            } catch (IllegalArgumentException e) {
                tensor = Optional.empty();
            }
            return tensor.orElseThrow(() -> new UserException(
                    "unknown %s '%s'; %s".formatted(KEY, name, Nearest.hint(name, knownNames(name)))));
        }

        /** Too many tensors to list: one of them only where it is near. */
        private Set<String> knownNames(String name) {
            var outputs = program.outputs().keySet();
            var all = Stream.concat(
                            outputs.stream(), types.byTensor().keySet().stream().map(TensorName::toString))
                    .collect(Collectors.toSet());
            return Nearest.find(name, all).isPresent() ? all : outputs;
        }

        OutputChoice choose() {
            var outputs = program.outputs();
            if (outputs.containsKey(LOGITS)) {
                return of(LOGITS, trace(outputs.get(LOGITS)));
            }
            var traces = ImmutableMap.copyOf(Maps.transformValues(outputs, this::trace));
            if (traces.size() == 1) {
                return of(traces.entrySet().iterator().next());
            }
            var telling = Maps.filterValues(traces, OutputTrace::isTelling);
            if (!telling.isEmpty()) {
                return chooseCommon(telling);
            }
            return choosePlain(Maps.filterValues(traces, this::isVector));
        }

        /** One output of those that are made of the same logits: one that has a value for each class before one that has not. */
        private OutputChoice chooseCommon(Map<String, OutputTrace> telling) {
            var byLogits = new LinkedHashMap<TensorName, Map.Entry<String, OutputTrace>>();
            telling.entrySet()
                    .forEach(output -> byLogits.merge(
                            origin(output.getValue().tensor()),
                            output,
                            (first, second) -> first.getValue().keepsClasses() ? first : second));
            if (byLogits.size() > 1) {
                throw ambiguous();
            }
            return of(byLogits.values().iterator().next());
        }

        private OutputChoice choosePlain(Map<String, OutputTrace> vectors) {
            if (vectors.size() == 1) {
                return of(vectors.entrySet().iterator().next());
            }
            var last = vectors.entrySet().stream()
                    .filter(output -> dependsOnAll(output.getValue(), vectors))
                    .toList();
            if (last.size() != 1) {
                throw ambiguous();
            }
            var name = last.get(0).getKey();
            return new OutputChoice(
                    name,
                    last.get(0).getValue(),
                    List.of(
                            "Of the outputs, '%s' is taken for the logits: it depends on the others. If it is not, state '%s'."
                                    .formatted(name, KEY)));
        }

        private boolean dependsOnAll(OutputTrace output, Map<String, OutputTrace> others) {
            var needed = program.graph().ancestors(List.of(output.tensor().node()));
            return others.values().stream()
                    .allMatch(other -> needed.contains(other.tensor().node()));
        }

        private boolean isVector(OutputTrace output) {
            return types.isFloat(output.tensor())
                    && types.shape(output.tensor()).numDimensions() == RANK;
        }

        /** The tensor without what only changes its type or shape, so that two traces to the same logits are seen to be so. */
        private TensorName origin(TensorName tensor) {
            var source = tensor;
            while (Set.of("Identity", "Cast", "Reshape", "Squeeze", "StopGradient")
                    .contains(program.graph().node(source).getOp())) {
                source = FlatGraph.dataInputs(program.graph().node(source)).get(0);
            }
            return source;
        }

        private OutputTrace trace(TensorName tensor) {
            return OutputTrace.of(program.graph(), constants, tensor);
        }

        private static OutputChoice of(Map.Entry<String, OutputTrace> output) {
            return of(output.getKey(), output.getValue());
        }

        private static OutputChoice of(String name, OutputTrace trace) {
            return new OutputChoice(name, trace, List.of());
        }

        private UserException ambiguous() {
            return new UserException("no output is plainly the logits: there are %s; state one of them as '%s'"
                    .formatted(
                            program.outputs().entrySet().stream()
                                    .map(output ->
                                            output.getKey() + " " + Shapes.describe(types.shape(output.getValue())))
                                    .collect(Collectors.joining(", ")),
                            KEY));
        }
    }
}
