package sckd.distillation;

import org.tensorflow.op.Ops;

/**
 * A way to compare student and teacher. A record holds its parameters; a new loss is a new record.
 */
public interface DistillationLoss {
    /** Whether it compares logits or features. */
    Source source();

    /**
     * Adds the loss's ops.
     *
     * @param name of the loss in the experiment, unique; names its variables
     * @param seed of its variables' first values
     * @throws sckd.UserException if the shapes do not fit: names both tensors and both shapes
     */
    LossOutput build(Ops tf, String name, Knowledge knowledge, long seed);

    /** Where the compared tensors are taken. */
    enum Source {
        LOGITS,
        FEATURE
    }
}
