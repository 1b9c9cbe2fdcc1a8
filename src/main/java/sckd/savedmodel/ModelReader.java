package sckd.savedmodel;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The steps from a directory to a {@link ClassifierModel}, each of which may refuse it. */
final class ModelReader {
    private ModelReader() {}

    static ClassifierModel read(Path directory) {
        return read(directory, Set.of());
    }

    /**
     * @param trustedOps op kinds that the user lets the model hold
     */
    static ClassifierModel read(Path directory, Set<String> trustedOps) {
        var ops = OpDefs.registered();
        var trusted = TrustedOps.of(trustedOps, ops);
        var file = SavedModelFile.read(directory);
        var signature = SignatureChoice.choose(file);
        var checkpoint = Checkpoint.find(directory); // before the graph: a model that is not whole is told so first
        var judged = file.locate(() -> judge(file, signature, trusted, ops));
        var variables = VariableBinding.bind(file, judged.program.graph(), checkpoint, ops);
        checkpoint.ifPresent(values -> DataChecksums.check(
                values,
                variables.stream().flatMap(variable -> variable.keys().stream()).toList()));
        return new ClassifierModel(
                directory,
                judged.program.graph().toGraphDef(),
                judged.program.input(),
                judged.logits,
                judged.program.outputs(),
                judged.features,
                variables,
                ModelCard.read(directory),
                judged.notes);
    }

    private record Judged(
            InferenceProgram program, TensorName logits, Map<String, TensorName> features, List<String> notes) {}

    private static Judged judge(SavedModelFile file, Signature signature, TrustedOps trusted, OpDefs ops) {
        var program = InferenceProgram.build(file, signature, ops);
        var notes = new ArrayList<>(program.notes());
        notes.addAll(OpJudgement.check(file, program.graph(), trusted, ops));
        ImageInput.check(program.input());
        var types = program.inferTypes();
        var logits = Logits.find(program, types);
        SignatureTypes.checkOutputs(signature, program.outputs(), types);
        BatchSize.checkOpen(program.graph(), program.input(), logits);
        BatchTrial.check(program.graph(), program.input(), logits);
        return new Judged(program, logits, features(program, types, logits), notes);
    }

    /** The outputs of the signature {@code features} where there is one, else the layers that the graph's names tell of. */
    static Map<String, TensorName> features(InferenceProgram program, TensorTypes types, TensorName logits) {
        return program.namedFeatures().isEmpty()
                ? FeatureLayers.find(program.graph(), types, program.input(), logits)
                : program.namedFeatures();
    }
}
