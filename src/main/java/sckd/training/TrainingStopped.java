package sckd.training;

import sckd.training.Checkpoints.Checkpoint;

/** A training that was asked to stop, after it wrote a checkpoint. */
public final class TrainingStopped extends RuntimeException {
    private static final long serialVersionUID = 1;

    TrainingStopped(Checkpoint checkpoint) {
        super("stopped after step %s; checkpoint: %s"
                .formatted(checkpoint.state().step(), checkpoint.directory()));
    }
}
