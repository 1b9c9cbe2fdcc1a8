package sckd.savedmodel;

import java.nio.file.Path;
import java.util.Map;

/** The steps from a directory to a {@link ClassifierModel}, each of which may refuse it. */
final class ModelReader {
    private ModelReader() {}

    static ClassifierModel read(Path directory) {
        var ops = OpDefs.registered();
        var file = SavedModelFile.read(directory);
        var signature = SignatureChoice.choose(file);
        var checkpoint = Checkpoint.find(directory); // before the graph: a model that is not whole is told so first
        var judged = file.locate(() -> judge(file, signature, ops));
        var variables = VariableBinding.bind(file, judged.program.graph(), checkpoint, ops);
        var card = ModelCard.read(directory);
        var training = new TrainingReader(file, signature, judged, variables, checkpoint, ops).read(card);
        return new ClassifierModel(
                directory,
                judged.program.graph().toGraphDef(),
                judged.program.input(),
                judged.logits,
                judged.program.outputs(),
                judged.features,
                training.variables(),
                card,
                training.mode(),
                judged.program.notes());
    }

    /** A signature's program that has passed the checks. */
    record Judged(InferenceProgram program, TensorTypes types, TensorName logits, Map<String, TensorName> features) {}

    static Judged judge(SavedModelFile file, Signature signature, OpDefs ops) {
        var program = InferenceProgram.build(file, signature, ops);
        AllowedOps.check(program.graph());
        ImageInput.check(program.input());
        var types = program.inferTypes();
        var logits = Logits.find(program, types);
        BatchSize.checkOpen(program.graph(), program.input(), logits);
        return new Judged(program, types, logits, features(program, types, logits));
    }

    /** The outputs of the signature {@code features} where there is one, else the layers that the graph's names tell of. */
    static Map<String, TensorName> features(InferenceProgram program, TensorTypes types, TensorName logits) {
        return program.namedFeatures().isEmpty()
                ? FeatureLayers.find(program.graph(), types, program.input(), logits)
                : program.namedFeatures();
    }
}
