package sckd.training;

import java.nio.file.Path;

/** A training that was asked to stop, after it wrote a checkpoint. */
public final class TrainingStopped extends RuntimeException {
    private static final long serialVersionUID = 1;

    TrainingStopped(Path checkpoint, long step) {
        super("stopped after step %s; checkpoint: %s".formatted(step, checkpoint));
    }
}
