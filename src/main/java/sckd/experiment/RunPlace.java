package sckd.experiment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import sckd.UserException;
import sckd.files.IoReason;
import sckd.files.Nesting;

/** Where a run may be: in none of its models, which it would alter by being there. */
final class RunPlace {
    private RunPlace() {}

    /** @throws UserException if the run's directory is or lies in that of a model */
    static void check(Experiment experiment, RunDirectory run) {
        var sources = new ArrayList<ModelSource>();
        experiment.teachers().forEach(teacher -> sources.add(teacher.model()));
        experiment
                .byMethod()
                .values()
                .forEach(method -> sources.add(method.student().model()));
        for (var source : sources) {
            if (source instanceof ModelSource.SavedModel model) {
                check(model.directory(), run.path());
            }
        }
    }

    private static void check(Path model, Path run) {
        try {
            if (Nesting.contains(model, run)) {
                throw new UserException("%s: lies in the model %s, which a run does not write to; name another --output"
                        .formatted(run, model));
            }
        } catch (IOException e) {
            throw IoReason.unreadable(model, e);
        }
    }
}
