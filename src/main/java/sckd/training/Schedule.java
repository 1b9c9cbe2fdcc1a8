package sckd.training;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.List;

/** The learning rate's factor over a training. */
public interface Schedule {
    /**
     * @param progress epochs done, with fraction: 1.5 is the middle of the second epoch
     * @param epochs of the whole training
     * @return the factor on the optimizer's learning rate
     */
    double factor(double progress, int epochs);

    /** Factor 1 throughout. */
    record Constant() implements Schedule {
        @Override
        public double factor(double progress, int epochs) {
            return 1;
        }
    }

    /** Multiplied by {@code factor} when each of the epochs {@code at} is done. */
    record Step(List<Integer> at, double factor) implements Schedule {
        public Step {
            at = List.copyOf(at);
            checkArgument(factor > 0, "factor is %s; expected more than 0", factor);
            for (int i = 0; i < at.size(); i++) {
                checkArgument(at.get(i) > (i == 0 ? 0 : at.get(i - 1)), "at is %s; expected rising epochs", at);
            }
        }

        @Override
        public double factor(double progress, int epochs) {
            return Math.pow(
                    factor, at.stream().filter(epoch -> progress >= epoch).count());
        }
    }

    /** From 1 to 0 along half a cosine (Loshchilov and Hutter 2017, arXiv:1608.03983, without restarts). */
    record Cosine() implements Schedule {
        @Override
        public double factor(double progress, int epochs) {
            return (1 + Math.cos(Math.PI * progress / epochs)) / 2;
        }
    }

    /** Linear from 0 over the first {@code epochs} epochs, then as {@code then} says. */
    record WarmUp(double warmupEpochs, Schedule then) implements Schedule {
        public WarmUp {
            checkArgument(warmupEpochs >= 0, "warmup-epochs is %s; expected at least 0", warmupEpochs);
        }

        @Override
        public double factor(double progress, int epochs) {
            double ramp = progress < warmupEpochs ? progress / warmupEpochs : 1;
            return ramp * then.factor(progress, epochs);
        }
    }
}
