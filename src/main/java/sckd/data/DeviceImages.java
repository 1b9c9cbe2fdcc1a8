package sckd.data;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;

/**
 * A split that lives on the device as one uint8 variable, and the ops that cut batches from it. A step is fed sample indices only; crop and
 * flip are gathers whose indices come from one table of stateless draws {@code [images, columns]} an epoch.
 */
public final class DeviceImages {
    private DeviceImages() {}

    /** Adds the variables and the ops of {@code images} under {@code name}. */
    public static DeviceImages build(
            Ops tf, String name, ImageSet images, List<Augmentation> augmentations, long seed) {
        throw new UnsupportedOperationException();
    }

    /** Copies the images to the device; once in a session. */
    public void load(Session session) {
        throw new UnsupportedOperationException();
    }

    /** Draws the epoch's table of random numbers; before the epoch's first batch, and again after a resume. */
    public void startEpoch(Session session, int epoch) {
        throw new UnsupportedOperationException();
    }

    /**
     * @param indices of samples, {@code [batch]}
     */
    public Batch buildBatch(Ops tf, Operand<TInt32> indices) {
        throw new UnsupportedOperationException();
    }
}
