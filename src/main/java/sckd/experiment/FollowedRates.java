package sckd.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import java.util.function.Function;
import sckd.UserException;
import sckd.distillation.Gate;
import sckd.distillation.OpenRates;
import sckd.distillation.RecordedRates;

/** Gates that follow the open rates of another method of the same experiment, or of another run. */
final class FollowedRates {
    private static final String RECORD = "epochs.jsonl";

    private FollowedRates() {}

    /** The method that a gate follows, if any. */
    static Optional<String> findMethod(Gate gate) {
        return gate.givenRates().flatMap(OpenRates::followed);
    }

    /** @throws UserException if an experiment that has no methods follows one */
    static void check(Experiment experiment) {
        if (experiment.methods().isEmpty()) {
            check("gate", experiment.gate());
            for (int i = 0; i < experiment.stages().size(); i++) {
                var key = "stages[" + i + "].gate";
                experiment.stages().get(i).changes().gate().ifPresent(gate -> check(key, gate));
            }
        }
    }

    private static void check(String key, Gate gate) {
        findMethod(gate).ifPresent(method -> {
            throw new UserException(
                    "%s.method is '%s', but there are no methods; expected rate, or run with the directory of a run"
                            .formatted(key, method));
        });
    }

    /** The gate with what that method recorded; the gate itself if it follows none. */
    static Gate resolve(Gate gate, Function<String, OpenRates> ofMethod) {
        return findMethod(gate).map(ofMethod).map(gate::withRates).orElse(gate);
    }

    /**
     * The gate with the run's own copy of the record that it follows, made when the training begins: what becomes of that record later changes no resume. The
     * gate itself if it follows none.
     */
    static Gate keep(Gate gate, RunDirectory run) {
        return gate.givenRates()
                .map(rates -> rates instanceof RecordedRates recorded ? keep(recorded, run) : rates)
                .map(gate::withRates)
                .orElse(gate);
    }

    private static OpenRates keep(RecordedRates recorded, RunDirectory run) {
        var place = run.followed();
        if (!Files.exists(place.path().resolve(RECORD))) {
            try {
                var record = Files.readAllBytes(recorded.run().resolve(RECORD));
                place.create();
                RunDirectory.write(place.path().resolve(RECORD), record);
            } catch (IOException e) {
                return recorded; // which says what is missing
            }
        }
        return new RecordedRates(place.path());
    }
}
