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
    private final ModelSettings stated;
    private final OpDefs ops = OpDefs.registered();
    private final List<String> faults = new ArrayList<>();

    private Inspector(SavedModelFile file, ModelSettings stated) {
        this.file = file;
        this.stated = stated;
    }

    static Inspection inspect(Path directory, ModelSettings stated) {
        var faults = new ArrayList<String>();
        var card = attempt(() -> ModelCard.read(directory), faults).orElse(ModelCard.EMPTY);
        var file = SavedModelFile.read(directory, stated.or(card.settings()).tags());
        var inspector = new Inspector(file, stated);
        inspector.faults.addAll(faults);
        return inspector.inspectFile(directory, card);
    }

    private Inspection inspectFile(Path directory, ModelCard card) {
        var settings = stated.or(card.settings());
        var trusted = attempt(() -> TrustedOps.of(settings.trustedOps(), ops)).orElse(TrustedOps.NONE);
        var signatures = attempt(() -> Signature.readAll(file)).orElse(Map.of());
        var signature = attempt(() -> SignatureChoice.choose(file, settings));
        var checkpoint = attempt(() -> Checkpoint.find(directory));
        var program = signature.flatMap(chosen -> inGraph(() -> InferenceProgram.build(file, chosen, settings, ops)));
        program.ifPresent(built -> judge(built, trusted));
        var built = program.map(flat -> StandIns.replaceForbidden(flat, trusted, ops))
                .flatMap(flat -> inGraph(() -> new Typed(flat, flat.inferTypes())));
        var found = built.flatMap(graph -> inGraph(() -> ModelReader.findLogits(graph.program, settings)));
        var logits = found.map(ModelReader.Found::logits);
        var typed = found.map(ModelReader.Found::batch)
                .map(BatchSize.Judged::likely)
                .flatMap(likely -> inGraph(() -> new Typed(likely, likely.inferTypes())))
                .or(() -> built);
        logits.ifPresent(tensor -> inGraph(() -> typed.orElseThrow().checkTrial(signature.orElseThrow(), tensor)));
        var bound = typed.flatMap(graph -> checkpoint.flatMap(
                files -> attempt(() -> VariableBinding.bind(file, graph.program.graph(), files, ops))));
        var variables = bound.map(VariableBinding.Bound::variables);
        variables.ifPresent(read ->
                checkpoint.flatMap(values -> values).ifPresent(values -> attempt(() -> checkData(values, read))));
        return new Inspection(
                directory,
                signatures.values().stream().map(Inspector::describe).toList(),
                MetaGraphChoice.tags(file.metaGraph()),
                signature.map(Signature::name),
                program.map(InferenceProgram::input),
                logits,
                elements(variables, false),
                elements(variables, true),
                logits.map(tensor -> typed.orElseThrow().multiplyAdds(tensor)).orElse(OptionalLong.empty()),
                logits.map(tensor -> typed.orElseThrow().features(tensor)).orElse(List.of()),
                typed.map(graph -> graph.batchNorms(BatchNorm.Form.FUSED)).orElse(List.of()),
                typed.map(graph -> graph.batchNorms(BatchNorm.Form.DECOMPOSED)).orElse(List.of()),
                logits.flatMap(tensor ->
                                variables.map(read -> typed.orElseThrow().withoutGradient(read, tensor)))
                        .orElse(List.of()),
                program.map(flat -> forbidden(flat, trusted)).orElse(List.of()),
                card,
                settings,
                List.copyOf(faults),
                notes(
                        settings,
                        typed.map(Typed::program).or(() -> program),
                        bound,
                        training(signature, checkpoint, typed, logits, variables, settings)));
    }

    private Optional<TrainingMode> training(
            Optional<Signature> signature,
            Optional<Optional<Checkpoint>> checkpoint,
            Optional<Typed> typed,
            Optional<TensorName> logits,
            Optional<List<ModelVariable>> variables,
            ModelSettings settings) {
        if (logits.isEmpty() || variables.isEmpty()) {
            return Optional.empty();
        }
        var judged = ModelReader.Judged.of(typed.orElseThrow().program, logits.get());
        var reader = new TrainingReader(
                file, signature.orElseThrow(), judged, variables.get(), checkpoint.orElseThrow(), settings, ops);
        return attempt(() -> reader.read().mode());
    }

    private List<String> notes(
            ModelSettings settings,
            Optional<InferenceProgram> program,
            Optional<VariableBinding.Bound> bound,
            Optional<TrainingMode> training) {
        var notes = new ArrayList<String>();
        MetaGraphChoice.findNote(file.metaGraph(), settings.tags()).ifPresent(notes::add);
        program.ifPresent(built -> notes.addAll(built.notes()));
        bound.ifPresent(variables -> notes.addAll(variables.notes()));
        training.ifPresent(mode -> notes.addAll(mode.notes()));
        return notes;
    }

    private void judge(InferenceProgram program, TrustedOps trusted) {
        inGraph(() -> {
            OpJudgement.check(file, program.graph(), trusted, ops);
            return program;
        });
        inGraph(() -> {
            ImageInput.check(program.input());
            StatedInput.check(stated.input(), program.input());
            return program;
        });
    }

    private static Checkpoint checkData(Checkpoint checkpoint, List<ModelVariable> variables) {
        DataChecksums.check(
                checkpoint,
                variables.stream().flatMap(variable -> variable.keys().stream()).toList());
        return checkpoint;
    }

    private static List<String> forbidden(InferenceProgram program, TrustedOps trusted) {
        return AllowedOps.findForbidden(program.graph(), trusted).stream()
                .map(AllowedOps.Use::toString)
                .toList();
    }

    /** A program that TensorFlow takes, and what follows from its shapes. */
    private record Typed(InferenceProgram program, TensorTypes types) {
        Typed checkTrial(Signature signature, TensorName logits) {
            SignatureTypes.checkOutputs(signature, program.outputs(), types);
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
        return attempt(step, faults);
    }

    private static <T> Optional<T> attempt(Supplier<T> step, List<String> faults) {
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
