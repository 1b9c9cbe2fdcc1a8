package sckd.training;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.distillation.DistillationTerm;
import sckd.distillation.NamedHead;

/**
 * What the log wants of a step, packed into one vector so that a step fetches one tensor: supervised loss, accuracy, gradient norm, then loss and
 * gate of each term, then, where there are separate gradients, ‖g_S‖ and cosine and ‖g_k‖ of each term, then cross-entropy and accuracy of each head.
 *
 * @param separate whether the part before the heads' is there
 */
record StepMeasurements(
        Operand<TFloat32> packed, List<DistillationTerm> terms, List<NamedHead> heads, boolean separate) {
    private static final int FIRST = 3;

    static StepMeasurements build(
            Ops tf,
            TrainingTask task,
            StepLosses losses,
            Operand<TFloat32> accuracy,
            List<Operand<TFloat32>> accuraciesOfHeads,
            StepGradient gradient,
            Operand<TFloat32> norm) {
        var scalars = new ArrayList<Operand<TFloat32>>(List.of(losses.supervised(), accuracy, norm));
        losses.distillation().forEach(loss -> scalars.add(loss.loss()));
        var parts = new ArrayList<Operand<TFloat32>>(List.of(tf.stack(scalars)));
        if (!task.terms().isEmpty()) {
            parts.add(gradient.gate().logged());
        }
        gradient.products().ifPresent(products -> {
            parts.add(tf.expandDims(tf.math.sqrt(products.supervisedSquaredNorm()), tf.constant(0)));
            parts.add(products.buildCosines(tf));
            parts.add(tf.math.sqrt(products.squaredNorms()));
        });
        if (!accuraciesOfHeads.isEmpty()) {
            parts.add(tf.stack(losses.heads()));
            parts.add(tf.stack(accuraciesOfHeads));
        }
        var separate = gradient.products().isPresent();
        var packed = parts.size() == 1 ? parts.get(0) : tf.withName("packed").concat(parts, tf.constant(0));
        return new StepMeasurements(packed, task.terms(), task.student().heads().list(), separate);
    }

    /** Reads the fetched vector. */
    StepRecord read(TFloat32 fetched, int epoch, long step, double learningRate) {
        int count = terms.size();
        var losses = new ArrayList<LossRecord>();
        Float supervisedNorm = separate ? fetched.getFloat(FIRST + 2 * count) : null;
        for (int k = 0; k < count; k++) {
            float loss = fetched.getFloat(FIRST + k);
            float gate = fetched.getFloat(FIRST + count + k);
            Float cosine = separate ? fetched.getFloat(FIRST + 2 * count + 1 + k) : null;
            Float norm = separate ? fetched.getFloat(FIRST + 3 * count + 1 + k) : null;
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
                losses,
                readHeads(fetched));
    }

    private List<HeadRecord> readHeads(TFloat32 fetched) {
        int before = FIRST + (separate ? 4 : 2) * terms.size() + (separate ? 1 : 0);
        var records = new ArrayList<HeadRecord>();
        for (int h = 0; h < heads.size(); h++) {
            records.add(new HeadRecord(
                    heads.get(h).name(), fetched.getFloat(before + h), fetched.getFloat(before + heads.size() + h)));
        }
        return records;
    }
}
