package sckd.savedmodel;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import sckd.UserException;

/** Takes the steps of reading one by one and goes on after one that refuses, with those that do not need it. */
final class Inspector {
    private final SavedModelFile file;
    private final OpDefs ops = OpDefs.registered();
    private final List<String> faults = new ArrayList<>();

    private Inspector(SavedModelFile file) {
        this.file = file;
    }

    static Inspection inspect(Path directory) {
        return new Inspector(SavedModelFile.read(directory)).inspectFile(directory);
    }

    private Inspection inspectFile(Path directory) {
        var signatures = attempt(() -> Signature.readAll(file)).orElse(Map.of());
        var signature = attempt(() -> Signature.choose(file));
        var checkpoint = attempt(() -> Checkpoint.find(directory)).flatMap(found -> found);
        var program = signature.flatMap(chosen -> inGraph(() -> InferenceProgram.build(file, chosen, ops)));
        program.ifPresent(built -> inGraph(() -> {
            AllowedOps.check(built.graph());
            return built;
        }));
        program.ifPresent(built -> inGraph(() -> {
            ModelReader.checkInput(built.input());
            return built;
        }));
        var types = program.flatMap(
                built -> inGraph(() -> TensorTypes.infer(built.graph().toGraphDef())));
        var logits = types.flatMap(inferred -> inGraph(() -> Logits.find(program.orElseThrow(), inferred)));
        var variables = types.flatMap(inferred ->
                attempt(() -> VariableBinding.bind(file, program.orElseThrow().graph(), checkpoint, ops)));
        var card = attempt(() -> ModelCard.read(directory)).orElse(ModelCard.EMPTY);
        var norms = types.map(inferred -> BatchNorms.find(program.orElseThrow().graph()))
                .orElse(List.of());
        return new Inspection(
                directory,
                signatures.values().stream().map(Inspector::describe).toList(),
                signature.map(Signature::name),
                logits,
                elements(variables, false),
                elements(variables, true),
                logits.map(found -> multiplyAdds(program.orElseThrow(), found)).orElse(OptionalLong.empty()),
                logits.map(found -> features(program.orElseThrow(), types.orElseThrow(), found))
                        .orElse(List.of()),
                norms.stream()
                        .filter(BatchNorms.BatchNorm::fused)
                        .map(BatchNorms.BatchNorm::node)
                        .toList(),
                norms.stream()
                        .filter(norm -> !norm.fused())
                        .map(BatchNorms.BatchNorm::node)
                        .toList(),
                logits.flatMap(found -> variables.map(
                                bound -> withoutGradient(program.orElseThrow(), types.orElseThrow(), bound, found)))
                        .orElse(List.of()),
                program.map(built -> AllowedOps.findForbidden(built.graph()).stream()
                                .map(AllowedOps.Use::toString)
                                .toList())
                        .orElse(List.of()),
                card,
                List.copyOf(faults),
                program.map(InferenceProgram::notes).orElse(List.of()));
    }

    private <T> Optional<T> attempt(Supplier<T> step) {
        try {
            return Optional.of(step.get());
        } catch (UserException e) {
            faults.add(e.getMessage());
            return Optional.empty();
        }
    }

    private <T> Optional<T> inGraph(Supplier<T> step) {
        return attempt(() -> file.locate(step));
    }

    private static Inspection.Signature describe(Signature signature) {
        return new Inspection.Signature(
                signature.name(), signature.method(), describe(signature.inputs()), describe(signature.outputs()));
    }

    private static List<Inspection.Port> describe(Map<String, Signature.Tensor> tensors) {
        return tensors.entrySet().stream()
                .map(tensor -> new Inspection.Port(
                        tensor.getKey(),
                        tensor.getValue().dtype().name(),
                        Shapes.describe(tensor.getValue().shape())))
                .toList();
    }

    private static OptionalLong elements(Optional<List<ModelVariable>> variables, boolean trainableOnly) {
        return variables.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(variables.get().stream()
                        .filter(variable -> variable.trainable() || !trainableOnly)
                        .mapToLong(variable -> variable.shape().size())
                        .sum());
    }

    private static OptionalLong multiplyAdds(InferenceProgram program, TensorName logits) {
        return MultiplyAdds.count(program.graph(), program.input(), logits);
    }

    private static List<Inspection.Feature> features(InferenceProgram program, TensorTypes types, TensorName logits) {
        return ModelReader.features(program, types, logits).entrySet().stream()
                .map(feature -> new Inspection.Feature(
                        feature.getKey(), feature.getValue(), Shapes.describe(types.shape(feature.getValue()))))
                .toList();
    }

    private static List<String> withoutGradient(
            InferenceProgram program, TensorTypes types, List<ModelVariable> variables, TensorName logits) {
        var trainable = variables.stream()
                .filter(ModelVariable::trainable)
                .map(ModelVariable::handle)
                .toList();
        return GradientlessOps.findBetween(program.graph(), types, trainable, logits).stream()
                .map(AllowedOps.Use::toString)
                .toList();
    }
}
