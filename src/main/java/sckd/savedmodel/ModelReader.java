package sckd.savedmodel;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import sckd.UserException;

/** The steps from a directory to a {@link ClassifierModel}, each of which may refuse it. */
final class ModelReader {
    private ModelReader() {}

    static ClassifierModel read(Path directory, ModelSettings stated) {
        var ops = OpDefs.registered();
        var card = ModelCard.read(directory);
        var settings = stated.or(card.settings());
        var trusted = TrustedOps.of(settings.trustedOps(), ops);
        var file = SavedModelFile.read(directory, settings.tags());
        var signature = SignatureChoice.choose(file, settings);
        var checkpoint = Checkpoint.find(directory); // before the graph: a model that is not whole is told so first
        var notes = new ArrayList<String>();
        MetaGraphChoice.findNote(file.metaGraph(), settings.tags()).ifPresent(notes::add);
        var program = file.locate(() -> InferenceProgram.build(file, signature, settings, ops));
        notes.addAll(file.locate(() -> OpJudgement.check(file, program.graph(), trusted, ops)));
        var found = file.locate(() -> judge(program, signature, stated, settings));
        var bound = VariableBinding.bind(file, found.batch().program().graph(), checkpoint, ops);
        checkpoint.ifPresent(values -> DataChecksums.check(
                values,
                bound.variables().stream()
                        .flatMap(variable -> variable.keys().stream())
                        .toList()));
        notes.addAll(bound.notes());
        var inference = file.locate(() -> Judged.of(found.batch().likely(), found.logits()));
        var training =
                new TrainingReader(file, signature, inference, bound.variables(), checkpoint, settings, ops).read();
        var parts = new Parts(directory, found.logits(), training, card, settings, notes);
        var model = file.locate(() -> parts.model(found.batch().program()));
        return found.batch()
                .rewritten()
                .map(rewritten -> file.locate(() -> parts.model(rewritten)))
                .filter(rewritten -> BatchProbe.agree(model, rewritten))
                .orElse(model);
    }

    /** A signature's program, its logits and how many images it takes. */
    record Found(BatchSize.Judged batch, TensorName logits) {}

    private static Found judge(
            InferenceProgram program, Signature signature, ModelSettings stated, ModelSettings settings) {
        ImageInput.check(program.input());
        StatedInput.check(stated.input(), program.input());
        SignatureTypes.checkOutputs(signature, program.outputs(), program.inferTypes());
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
        var batch = BatchSize.judge(logits.program(), logits.tensor(), types);
        BatchTrial.check(batch.likely().graph(), batch.likely().input(), logits.tensor());
        return new Found(batch, logits.tensor());
    }

    /** A signature's program that has passed the checks, and what its shapes tell. */
    record Judged(InferenceProgram program, TensorTypes types, TensorName logits, Map<String, TensorName> features) {
        static Judged of(InferenceProgram program, TensorName logits) {
            var types = program.inferTypes();
            return new Judged(program, types, logits, ModelReader.features(program, types, logits));
        }
    }

    /** What a model has whatever its batch. */
    private record Parts(
            Path directory,
            TensorName logits,
            TrainingReader.Result training,
            ModelCard card,
            ModelSettings settings,
            List<String> notes) {
        ClassifierModel model(InferenceProgram program) {
            var judged = Judged.of(program, logits);
            return new ClassifierModel(
                    directory,
                    program.graph().toGraphDef(),
                    program.input(),
                    logits,
                    program.outputs(),
                    judged.features(),
                    training.variables(),
                    card,
                    settings,
                    training.mode(),
                    Stream.concat(notes.stream(), program.notes().stream()).toList());
        }
    }

    /** The outputs of the signature {@code features} where there is one, else the layers that the graph's names tell of. */
    static Map<String, TensorName> features(InferenceProgram program, TensorTypes types, TensorName logits) {
        return program.namedFeatures().isEmpty()
                ? FeatureLayers.find(program.graph(), types, program.input(), logits)
                : program.namedFeatures();
    }
}
