package sckd.experiment;

import java.util.Locale;
import java.util.Set;
import sckd.report.RunSummary;
import sckd.training.TrainingListener;

/**
 * Tells of a trial of a search what it is judged by, and not how it does on the test images.
 *
 * @param trials their names
 */
record SearchListener(RunListener listener, Set<String> trials) implements RunListener {
    @Override
    public void message(String line) {
        listener.message(line);
    }

    @Override
    public TrainingListener training(String stage, int epochs) {
        return listener.training(stage, epochs);
    }

    @Override
    public void finished(RunSummary summary) {
        if (trials.contains(summary.name())) {
            listener.message(String.format(
                    Locale.ROOT,
                    "%s: %.2f %% on the validation images in epoch %d, after %.0f s",
                    summary.name(),
                    100 * summary.validation(),
                    summary.bestEpoch(),
                    summary.seconds()));
        } else {
            listener.finished(summary);
        }
    }
}
