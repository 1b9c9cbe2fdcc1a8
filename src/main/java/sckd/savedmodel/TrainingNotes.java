package sckd.savedmodel;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What is told of a model's training. */
final class TrainingNotes {
    static final String OF_DEFAULT_MOMENTUM =
            "The momentum of its batch norms is not in the file; they are trained with %s (batchNormMomentum states another)."
                    .formatted(BatchNormTraining.DEFAULT_MOMENTUM);

    private TrainingNotes() {}

    /**
     * @param unkeyed kinds of op that draw random numbers from the runtime
     */
    static String ofProgram(TrainingProgram program, Set<String> unkeyed) {
        return "It is trained by its own %s, with whatever batch norm, dropout and augmentation that has."
                        .formatted(program.origin())
                + (unkeyed.isEmpty()
                        ? ""
                        : " %s draws numbers that no checkpoint holds: a resumed run gives other weights."
                                .formatted(String.join(", ", unkeyed)));
    }

    /** Nothing where nothing is dropped out. */
    static Optional<String> ofDropouts(Map<String, Double> rates) {
        return rates.isEmpty()
                ? Optional.empty()
                : Optional.of("Its dropout (%s) is not in an inference graph: it is trained without."
                        .formatted(rates.entrySet().stream()
                                .map(rate -> rate.getKey() + " " + rate.getValue())
                                .collect(Collectors.joining(", "))));
    }

    /** A program's momentum is its own; another one can only be that of the inference graph. */
    static String ofUnusedProgram(TrainingProgram program) {
        return "Its own %s is not used for training, as batchNormMomentum is stated: its inference graph is, without dropout."
                .formatted(program.origin());
    }
}
