package sckd.savedmodel;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import sckd.UserException;

/** The steps from a directory to a {@link ClassifierModel}, each of which may refuse it. */
final class ModelReader {
    private ModelReader() {}

    static ClassifierModel read(Path directory, ModelSettings stated) {
        var ops = OpDefs.registered();
        var card = ModelCard.read(directory);
        var settings = stated.or(card.settings());
        var file = SavedModelFile.read(directory, settings.tags());
        var signature = SignatureChoice.choose(file, settings);
        var checkpoint = Checkpoint.find(directory); // before the graph: a model that is not whole is told so first
        var found = file.locate(() -> find(file, signature, stated, settings, ops));
        var bound = VariableBinding.bind(file, found.batch().program().graph(), checkpoint, ops);
        var parts = new Parts(directory, found.logits(), bound, card, settings);
        var note = MetaGraphChoice.findNote(file.metaGraph(), settings.tags());
        var model = file.locate(() -> parts.model(found.batch().program(), note));
        return found.batch()
                .rewritten()
                .map(program -> file.locate(() -> parts.model(program, note)))
                .filter(rewritten -> BatchProbe.agree(model, rewritten))
                .orElse(model);
    }

    /** A signature's program, its logits and how many images it takes. */
    record Found(BatchSize.Judged batch, TensorName logits) {}

    private static Found find(
            SavedModelFile file, Signature signature, ModelSettings stated, ModelSettings settings, OpDefs ops) {
        var program = InferenceProgram.build(file, signature, settings, ops);
        AllowedOps.check(program.graph());
        ImageInput.check(program.input());
        StatedInput.check(stated.input(), program.input());
        return findLogits(program, settings);
    }

    /**
     * @param settings may name the output that tells the logits, and their classes
     * @throws UserException if there are none, or not as many as images or classes
     */
    static Found findLogits(InferenceProgram program, ModelSettings settings) {
        var open = program.inferTypes();
        var stated =
                BatchSize.findStated(program.graph(), program.input()); // knows sizes that an open batch leaves unknown
        var logits = Logits.find(program, stated.orElse(open), settings.output());
        var types = logits.program().inferTypes();
        StatedClasses.check(settings.classes(), logits.tensor(), types);
        return new Found(BatchSize.judge(logits.program(), logits.tensor(), types), logits.tensor());
    }

    /** What a model has whatever its batch. */
    private record Parts(
            Path directory, TensorName logits, VariableBinding.Bound bound, ModelCard card, ModelSettings settings) {
        ClassifierModel model(InferenceProgram program, Optional<String> note) {
            var notes = new ArrayList<String>();
            note.ifPresent(notes::add);
            notes.addAll(program.notes());
            notes.addAll(bound.notes());
            return new ClassifierModel(
                    directory,
                    program.graph().toGraphDef(),
                    program.input(),
                    logits,
                    program.outputs(),
                    features(program, program.inferTypes(), logits),
                    bound.variables(),
                    card,
                    settings,
                    notes);
        }
    }

    /** The outputs of the signature {@code features} where there is one, else the layers that the graph's names tell of. */
    static Map<String, TensorName> features(InferenceProgram program, TensorTypes types, TensorName logits) {
        return program.namedFeatures().isEmpty()
                ? FeatureLayers.find(program.graph(), types, program.input(), logits)
                : program.namedFeatures();
    }
}
