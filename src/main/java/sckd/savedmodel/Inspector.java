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
        var signature = attempt(() -> SignatureChoice.choose(file));
        var checkpoint = attempt(() -> Checkpoint.find(directory));
        var program = signature.flatMap(chosen -> inGraph(() -> InferenceProgram.build(file, chosen, ops)));
        program.ifPresent(this::judge);
        var typed = program.map(built -> StandIns.replaceForbidden(built, TrustedOps.NONE, ops))
                .flatMap(built -> inGraph(() -> new Typed(built, built.inferTypes())));
        var logits = typed.flatMap(graph -> inGraph(() -> Logits.find(graph.program, graph.types)));
        logits.ifPresent(found -> inGraph(() -> typed.orElseThrow().checkBatch(found)));
        logits.ifPresent(found -> inGraph(() -> typed.orElseThrow().checkOutputs(signature.orElseThrow())));
        var variables = typed.flatMap(graph -> checkpoint.flatMap(
                found -> attempt(() -> VariableBinding.bind(file, graph.program.graph(), found, ops))));
        variables.ifPresent(found ->
                checkpoint.flatMap(values -> values).ifPresent(values -> attempt(() -> checkData(values, found))));
        var card = attempt(() -> ModelCard.read(directory)).orElse(ModelCard.EMPTY);
        return new Inspection(
                directory,
                signatures.values().stream().map(Inspector::describe).toList(),
                signature.map(Signature::name),
                logits,
                elements(variables, false),
                elements(variables, true),
                logits.map(found -> typed.orElseThrow().multiplyAdds(found)).orElse(OptionalLong.empty()),
                logits.map(found -> typed.orElseThrow().features(found)).orElse(List.of()),
                typed.map(graph -> graph.batchNorms(BatchNorm.Form.FUSED)).orElse(List.of()),
                typed.map(graph -> graph.batchNorms(BatchNorm.Form.DECOMPOSED)).orElse(List.of()),
                logits.flatMap(found ->
                                variables.map(bound -> typed.orElseThrow().withoutGradient(bound, found)))
                        .orElse(List.of()),
                program.map(Inspector::forbidden).orElse(List.of()),
                card,
                List.copyOf(faults),
                program.map(InferenceProgram::notes).orElse(List.of()));
    }

    private void judge(InferenceProgram program) {
        inGraph(() -> {
            OpJudgement.check(file, program.graph(), TrustedOps.NONE, ops);
            return program;
        });
        inGraph(() -> {
            ImageInput.check(program.input());
            return program;
        });
    }

    private static Checkpoint checkData(Checkpoint checkpoint, List<ModelVariable> variables) {
        DataChecksums.check(
                checkpoint,
                variables.stream().flatMap(variable -> variable.keys().stream()).toList());
        return checkpoint;
    }

    private static List<String> forbidden(InferenceProgram program) {
        return AllowedOps.findForbidden(program.graph(), TrustedOps.NONE).stream()
                .map(AllowedOps.Use::toString)
                .toList();
    }

    /** A program that TensorFlow takes, and what follows from its shapes. */
    private record Typed(InferenceProgram program, TensorTypes types) {
        Typed checkOutputs(Signature signature) {
            SignatureTypes.checkOutputs(signature, program.outputs(), types);
            return this;
        }

        Typed checkBatch(TensorName logits) {
            BatchSize.checkOpen(program.graph(), program.input(), logits);
            BatchTrial.check(program.graph(), program.input(), logits);
            return this;
        }

        OptionalLong multiplyAdds(TensorName logits) {
            return MultiplyAdds.count(program.graph(), program.input(), logits);
        }

        List<Inspection.Feature> features(TensorName logits) {
            return ModelReader.features(program, types, logits).entrySet().stream()
                    .map(feature -> new Inspection.Feature(
                            feature.getKey(), feature.getValue(), Shapes.describe(types.shape(feature.getValue()))))
                    .toList();
        }

        List<String> batchNorms(BatchNorm.Form form) {
            return BatchNorms.find(program.graph()).stream()
                    .filter(norm -> norm.form() == form)
                    .map(BatchNorm::output)
                    .toList();
        }

        List<String> withoutGradient(List<ModelVariable> variables, TensorName logits) {
            var trainable = variables.stream()
                    .filter(ModelVariable::trainable)
                    .map(ModelVariable::handle)
                    .toList();
            return GradientlessOps.findBetween(program.graph(), types, trainable, logits).stream()
                    .map(AllowedOps.Use::toString)
                    .toList();
        }
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
}
