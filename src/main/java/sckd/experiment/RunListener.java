package sckd.experiment;

import sckd.report.RunSummary;
import sckd.training.TrainingListener;

/** Is told what the stages of a run do. */
public interface RunListener {
    /** Something worth a line. */
    void message(String line);

    /** A training begins; the answer is told of its steps and epochs. */
    TrainingListener training(String stage, int epochs);

    /** A stage ended, its student is exported. */
    void finished(RunSummary summary);
}
