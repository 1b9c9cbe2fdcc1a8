package sckd.savedmodel;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a model says of its own training, which is not in its inference graph.
 *
 * @param program its own for training; where it has none the inference graph is put into training mode
 * @param momenta of its moving averages, by the handle of the mean, as far as the model's metadata tell
 * @param notes a sentence each, to be told to the user of a model that is trained
 */
public record TrainingMode(Optional<TrainingProgram> program, Map<String, Float> momenta, List<String> notes) {
    /** Of a model that says nothing of it. */
    public static final TrainingMode UNKNOWN = new TrainingMode(Optional.empty(), Map.of(), List.of());

    public TrainingMode {
        momenta = Map.copyOf(momenta);
        notes = List.copyOf(notes);
    }

    /** The same where a momentum is stated: of a program's own averages it cannot be changed, so that the inference graph is trained. */
    TrainingMode withStatedMomentum() {
        return new TrainingMode(
                Optional.empty(),
                momenta,
                program.map(TrainingNotes::ofUnusedProgram).map(List::of).orElse(List.of()));
    }
}
