package example;

import org.tensorflow.op.Ops;
import sckd.distillation.DistillationLoss;
import sckd.distillation.Knowledge;
import sckd.distillation.KnowledgeShapes;
import sckd.distillation.LossOutput;
import sckd.experiment.LossKind;
import sckd.yaml.NumberType;
import sckd.yaml.Range;
import sckd.yaml.Section;

/** Between the logits: Huber's loss of their differences d, d²/2 up to δ, δ(|d| − δ/2) beyond; mean over all elements. */
public record HuberLoss(float delta) implements DistillationLoss {
    public HuberLoss {
        if (!(delta > 0)) {
            throw new IllegalArgumentException("delta is " + delta + "; expected more than 0");
        }
    }

    @Override
    public Source source() {
        return Source.LOGITS;
    }

    @Override
    public LossOutput build(Ops tf, String name, Knowledge knowledge, long seed) {
        KnowledgeShapes.checkLogits(name, knowledge);
        var d = tf.math.abs(tf.math.sub(knowledge.student(), tf.stopGradient(knowledge.teacher())));
        var inner = tf.math.minimum(d, tf.constant(delta));
        var square = tf.math.mul(tf.math.square(inner), tf.constant(.5f));
        var line = tf.math.mul(tf.math.sub(d, inner), tf.constant(delta));
        return LossOutput.of(tf.math.mean(tf.math.add(square, line), tf.constant(new int[] {0, 1})));
    }

    /** As experiments name it: {@code {kind: huber, delta: 2}}. */
    public static final class Kind implements LossKind {
        @Override
        public String name() {
            return "huber";
        }

        @Override
        public Section<HuberLoss> section() {
            return Section.kind(HuberLoss.class, "Between the logits: Huber's loss of their differences.", keys -> {
                var delta = keys.optional(
                        "delta",
                        NumberType.FLOAT.within(Range.above(0)),
                        1f,
                        HuberLoss::delta,
                        "Where the square turns into a line.");
                return values -> new HuberLoss(values.get(delta));
            });
        }
    }
}
