package sckd.savedmodel;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sckd.UserException;

/** The steps from a directory to a {@link ClassifierModel}, each of which may refuse it. */
final class ModelReader {
    private ModelReader() {}

    static ClassifierModel read(Path directory) {
        var ops = OpDefs.registered();
        var file = SavedModelFile.read(directory);
        var signature = SignatureChoice.choose(file);
        var checkpoint = Checkpoint.find(directory); // before the graph: a model that is not whole is told so first
        var found = file.locate(() -> find(file, signature, ops));
        var variables = VariableBinding.bind(file, found.batch().program().graph(), checkpoint, ops);
        var card = ModelCard.read(directory);
        var model = file.locate(() -> model(directory, found.batch().program(), found.logits(), variables, card));
        return found.batch()
                .rewritten()
                .map(program -> file.locate(() -> model(directory, program, found.logits(), variables, card)))
                .filter(rewritten -> BatchProbe.agree(model, rewritten))
                .orElse(model);
    }

    /** A signature's program, its logits and how many images it takes. */
    record Found(BatchSize.Judged batch, TensorName logits) {}

    private static Found find(SavedModelFile file, Signature signature, OpDefs ops) {
        var program = InferenceProgram.build(file, signature, ops);
        AllowedOps.check(program.graph());
        ImageInput.check(program.input());
        return findLogits(program, Optional.empty());
    }

    /**
     * @param output that is stated to tell the logits, by name
     * @throws UserException if there are none, or not as many as images
     */
    static Found findLogits(InferenceProgram program, Optional<String> output) {
        var open = program.inferTypes();
        var stated =
                BatchSize.findStated(program.graph(), program.input()); // knows sizes that an open batch leaves unknown
        var logits = Logits.find(program, stated.orElse(open), output);
        return new Found(
                BatchSize.judge(
                        logits.program(), logits.tensor(), logits.program().inferTypes()),
                logits.tensor());
    }

    private static ClassifierModel model(
            Path directory,
            InferenceProgram program,
            TensorName logits,
            List<ModelVariable> variables,
            ModelCard card) {
        return new ClassifierModel(
                directory,
                program.graph().toGraphDef(),
                program.input(),
                logits,
                program.outputs(),
                features(program, program.inferTypes(), logits),
                variables,
                card,
                program.notes());
    }

    /** The outputs of the signature {@code features} where there is one, else the layers that the graph's names tell of. */
    static Map<String, TensorName> features(InferenceProgram program, TensorTypes types, TensorName logits) {
        return program.namedFeatures().isEmpty()
                ? FeatureLayers.find(program.graph(), types, program.input(), logits)
                : program.namedFeatures();
    }
}
