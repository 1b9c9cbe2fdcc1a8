package sckd.training;

import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import sckd.UserException;
import sckd.data.Batch;

/**
 * The labels for one distillation loss. Where images are mixed, each has two: a loss that looks at one of them would learn what is wrong, so it is refused. That
 * it looks is seen from the graph, so that no loss, a user's own included, need declare it.
 *
 * @param labels class ids, {@code [batch]}
 */
record OwnLabels(Operand<TInt32> labels, boolean mixed) {
    static OwnLabels build(Ops tf, Batch batch) {
        return batch.mixed().isPresent()
                ? new OwnLabels(tf.withName("own-labels").identity(batch.labels()), true)
                : new OwnLabels(batch.labels(), false);
    }

    /**
     * After the loss was built.
     *
     * @throws UserException if it uses the labels of mixed images
     */
    void checkUse(String loss) {
        if (mixed && ((GraphOperation) labels.op()).numConsumers() > 0) {
            throw new UserException(
                    "loss '%s' uses the labels, but data.augment mixes images, which then have two labels each; leave mixup and cutmix out of data.augment, or choose another kind of loss"
                            .formatted(loss));
        }
    }
}
