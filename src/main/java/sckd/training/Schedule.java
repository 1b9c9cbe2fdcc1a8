package sckd.training;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.List;

/** The learning rate's factor over a training. */
public interface Schedule {
    /** The factor on the optimizer's learning rate in the step that follows a position. */
    double factor(Position position);

    /**
     * Where a training is just before a step.
     *
     * @param epoch whole epochs done
     * @param step steps done of the epoch in progress, below {@code stepsInEpoch}
     * @param epochs of the whole training
     */
    record Position(int epoch, int step, int stepsInEpoch, int epochs) {
        /** Epochs done before the step, with fraction: 1.5 is the middle of the second epoch. */
        double before() {
            return epoch + (double) step / stepsInEpoch;
        }

        /** Epochs done when the step is. */
        double after() {
            return epoch + (step + 1.0) / stepsInEpoch;
        }
    }

    /** Factor 1 throughout. */
    record Constant() implements Schedule {
        @Override
        public double factor(Position position) {
            return 1;
        }
    }

    /** Multiplied by {@code factor} when each of the epochs {@code at} is done. */
    record Step(List<Integer> at, double factor) implements Schedule {
        public Step {
            at = List.copyOf(at);
            checkArgument(factor > 0 && Double.isFinite(factor), "factor is %s; expected more than 0", factor);
            for (int i = 0; i < at.size(); i++) {
                checkArgument(at.get(i) > (i == 0 ? 0 : at.get(i - 1)), "at is %s; expected rising epochs", at);
            }
        }

        @Override
        public double factor(Position position) {
            return Math.pow(
                    factor,
                    at.stream().filter(epoch -> position.epoch() >= epoch).count());
        }
    }

    /** From 1 to 0 along half a cosine (Loshchilov and Hutter 2017, arXiv:1608.03983, without restarts); a warm-up does not shift it. */
    record Cosine() implements Schedule {
        @Override
        public double factor(Position position) {
            return (1 + Math.cos(Math.PI * position.before() / position.epochs())) / 2;
        }
    }

    /**
     * Rises linearly over the first epochs, on top of what {@code then} says (Goyal et al. 2017, arXiv:1706.02677): of {@code n} warm-up steps
     * step {@code i}, from 1, has {@code i/n} of the rate. The first step already learns, the n-th has the full rate.
     */
    record WarmUp(double warmupEpochs, Schedule then) implements Schedule {
        public WarmUp {
            checkArgument(
                    warmupEpochs >= 0 && Double.isFinite(warmupEpochs),
                    "warmup-epochs is %s; expected at least 0",
                    warmupEpochs);
        }

        @Override
        public double factor(Position position) {
            double ramp = position.after() < warmupEpochs ? position.after() / warmupEpochs : 1;
            return ramp * then.factor(position);
        }
    }
}
