package sckd.training;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.distillation.DistillationTerm;

/**
 * What the log wants of a step, packed into one vector so that a step fetches one tensor: supervised loss, accuracy, gradient norm, then loss and
 * gate of each term, then, where there are separate gradients, ‖g_S‖ and cosine and ‖g_k‖ of each term.
 *
 * @param separate whether the last part is there
 */
record StepMeasurements(Operand<TFloat32> packed, List<DistillationTerm> terms, boolean separate) {
    private static final int HEAD = 3;

    static StepMeasurements build(
            Ops tf,
            List<DistillationTerm> terms,
            StepLosses losses,
            Operand<TFloat32> accuracy,
            StepGradient gradient,
            Operand<TFloat32> norm) {
        var scalars = new ArrayList<Operand<TFloat32>>(List.of(losses.supervised(), accuracy, norm));
        losses.distillation().forEach(loss -> scalars.add(loss.loss()));
        var head = tf.stack(scalars);
        if (terms.isEmpty()) {
            return new StepMeasurements(head, terms, false);
        }
        var parts =
                new ArrayList<Operand<TFloat32>>(List.of(head, gradient.gate().gates()));
        gradient.products().ifPresent(products -> {
            parts.add(tf.expandDims(tf.math.sqrt(products.supervisedSquaredNorm()), tf.constant(0)));
            parts.add(products.buildCosines(tf));
            parts.add(tf.math.sqrt(products.squaredNorms()));
        });
        var separate = gradient.products().isPresent();
        return new StepMeasurements(tf.withName("packed").concat(parts, tf.constant(0)), terms, separate);
    }

    /** Reads the fetched vector. */
    StepRecord read(TFloat32 fetched, int epoch, long step, double learningRate) {
        int count = terms.size();
        var losses = new ArrayList<LossRecord>();
        Float supervisedNorm = separate ? fetched.getFloat(HEAD + 2 * count) : null;
        for (int k = 0; k < count; k++) {
            float loss = fetched.getFloat(HEAD + k);
            float gate = fetched.getFloat(HEAD + count + k);
            Float cosine = separate ? fetched.getFloat(HEAD + 2 * count + 1 + k) : null;
            Float norm = separate ? fetched.getFloat(HEAD + 3 * count + 1 + k) : null;
            Float ratio = separate && supervisedNorm > 0 ? (Float) (norm / supervisedNorm) : null;
            var term = terms.get(k);
            losses.add(new LossRecord(term.name(), loss, term.weight() * loss, gate, cosine, ratio));
        }
        return new StepRecord(
                epoch,
                step,
                learningRate,
                fetched.getFloat(0),
                fetched.getFloat(1),
                supervisedNorm,
                fetched.getFloat(2),
                losses);
    }
}
