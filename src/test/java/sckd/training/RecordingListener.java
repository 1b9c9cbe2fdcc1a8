package sckd.training;

import java.util.ArrayList;
import java.util.List;

/** Listens and keeps what it hears. */
final class RecordingListener implements TrainingListener {
    final List<StepRecord> steps = new ArrayList<>();
    final List<EpochRecord> epochs = new ArrayList<>();

    @Override
    public void step(StepRecord record, long images, long total) {
        steps.add(record);
    }

    @Override
    public void epoch(EpochRecord record) {
        epochs.add(record);
    }

    /** Step of the last line, 0 before the first. */
    long lastStep() {
        return steps.isEmpty() ? 0 : steps.get(steps.size() - 1).step();
    }
}
