package sckd.savedmodel;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import sckd.UserException;

/**
 * Reads what a model says of its own training: a signature or function with training semantics, else the momenta of its moving averages.
 *
 * @param serving the signature that the model is run by
 * @param inference its program
 * @param variables that the program reads
 * @param settings that the model is read with
 */
record TrainingReader(
        SavedModelFile file,
        Signature serving,
        ModelReader.Judged inference,
        List<ModelVariable> variables,
        Optional<Checkpoint> checkpoint,
        ModelSettings settings,
        OpDefs ops) {
    private static final String TRAIN = "train";

    /**
     * What was read.
     *
     * @param variables of the model, and after them those that only its training has
     */
    record Result(TrainingMode mode, List<ModelVariable> variables) {}

    /** A momentum that is stated is for the inference graph's averages: the model's own program has its own and is not used then. */
    Result read() {
        boolean isMomentumStated = settings.batchNormMomentum().isPresent();
        var notes = new ArrayList<String>();
        var found = findProgram(notes);
        if (found.isPresent() && !isMomentumStated) {
            notes.add(TrainingNotes.ofProgram(found.get().program(), found.get().unkeyed()));
            var mode = new TrainingMode(Optional.of(found.get().program()), Map.of(), notes);
            return new Result(mode, found.get().variables());
        }
        found.ifPresent(unused -> notes.add(TrainingNotes.ofUnusedProgram(unused.program())));
        var metadata = KerasMetadata.read(file);
        var momenta = metadata.momenta(file);
        boolean isKnown = isMomentumStated
                || BatchNorms.findTrained(inference.program().graph(), variables).stream()
                        .filter(BatchNorm::isMoving)
                        .allMatch(norm -> momenta.containsKey(norm.mean().orElseThrow()));
        if (!isKnown) {
            notes.add(TrainingNotes.OF_DEFAULT_MOMENTUM);
        }
        TrainingNotes.ofDropouts(metadata.dropouts()).ifPresent(notes::add);
        return new Result(new TrainingMode(Optional.empty(), momenta, notes), variables);
    }

    private Optional<TrainingJudge.Found> findProgram(List<String> notes) {
        var judge = new TrainingJudge(file, inference, variables, checkpoint, settings, ops);
        for (var candidate : candidates(notes)) {
            try {
                var found = judge.judge(candidate);
                if (found.isPresent()) {
                    return found;
                }
            } catch (UserException e) {
                notes.add("Its own %s is not used for training: %s.".formatted(candidate.origin(), e.getMessage()));
            }
        }
        return Optional.empty();
    }

    /** Signatures that are named for training, the call of Keras 2, any other signature; the served one where it is in training mode. */
    private List<TrainingJudge.Candidate> candidates(List<String> notes) {
        var named = new ArrayList<TrainingJudge.Candidate>();
        var others = new ArrayList<TrainingJudge.Candidate>();
        var graph = file.metaGraph().getGraphDef();
        for (var signature : Signature.readAll(file).values()) {
            boolean isNamed = isNamedForTraining(signature);
            var required =
                    signature.requiredInputs(graph, settings.input().others().keySet());
            if (signature.name().equals(Signature.FEATURES)
                    || signature.name().equals(serving.name()) && !servesTraining()) {
                continue;
            }
            if (takesTheSame(required)) {
                var candidate = new TrainingJudge.Candidate("signature '" + signature.name() + "'", graph, signature);
                (isNamed ? named : others).add(candidate);
            } else if (isNamed) {
                notes.add("Its signature '%s' takes %s, not the images alone: it is not used for training."
                        .formatted(signature.name(), String.join(", ", required.keySet())));
            }
        }
        KerasCall.find(file)
                .map(call -> new TrainingJudge.Candidate("call for training", call.graph(), call.signature()))
                .ifPresent(named::add);
        named.addAll(others);
        return named;
    }

    /** Whether what is served moves the averages that are taken for inference here. */
    private boolean servesTraining() {
        var averages = BatchNorms.movingStatistics(inference.program().graph());
        var served = serving.flatten(file.metaGraph().getGraphDef(), ops);
        return served.nodes().values().stream()
                .flatMap(node -> MovingAverage.find(served, node).stream())
                .anyMatch(moved -> averages.contains(moved.handle()));
    }

    static boolean isNamedForTraining(Signature signature) {
        return signature.name().toLowerCase(Locale.ROOT).contains(TRAIN);
    }

    private boolean takesTheSame(Map<String, Signature.Tensor> required) {
        var input = inference.program().input();
        return required.size() == 1
                && required.values().stream()
                        .allMatch(tensor -> tensor.dtype() == input.dtype()
                                && BatchSize.open(tensor.shape()).isCompatibleWith(BatchSize.open(input.shape())));
    }
}
