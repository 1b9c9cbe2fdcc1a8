package sckd.experiment;

import java.util.ArrayList;
import java.util.List;
import sckd.report.RunSummary;
import sckd.training.EpochRecord;
import sckd.training.StepRecord;
import sckd.training.TrainingListener;

/** Counts trainings and keeps what it is told, and says nothing. */
final class Quiet implements RunListener {
    final List<String> messages = new ArrayList<>();
    int trained;

    @Override
    public void message(String line) {
        messages.add(line);
    }

    @Override
    public TrainingListener training(String stage, int epochs) {
        trained++;
        return new TrainingListener() {
            @Override
            public void step(StepRecord record, long images, long total) {}

            @Override
            public void epoch(EpochRecord record) {}
        };
    }

    @Override
    public void finished(RunSummary summary) {}
}
