package sckd.zoo;

/**
 * How a kernel begins. A layer's fan in is how many numbers make one of its results ({@code size² · input channels}, of one group), its fan
 * out is {@code size² · filters}, whatever the groups.
 */
public enum Init {
    /**
     * He, Zhang, Ren and Sun, "Delving Deep into Rectifiers", 2015, arXiv:1502.01852: normal with variance {@code 2 / fan in}, which keeps the
     * size of the signal forward where a ReLU follows.
     */
    HE_FAN_IN {
        @Override
        double variance(Fans fans) {
            return 2 / fans.in();
        }
    },

    /** Of the same paper: normal with variance {@code 2 / fan out}, which keeps the size of the gradient backward. */
    HE_FAN_OUT {
        @Override
        double variance(Fans fans) {
            return 2 / fans.out();
        }
    },

    /** Normal with variance {@code 1 / fan in}, which keeps the size of the signal where no ReLU follows. */
    NORMAL_FAN_IN {
        @Override
        double variance(Fans fans) {
            return 1 / fans.in();
        }
    },

    /** Uniform within {@code ±1 / √(fan in)}: what PyTorch's layers begin with where a network does not say. */
    UNIFORM_FAN_IN {
        @Override
        double variance(Fans fans) {
            return 1 / (3 * fans.in());
        }

        @Override
        float[] draw(long seed, String variable, Fans fans, int count) {
            return InitialValues.uniform(seed, variable, variance(fans), count);
        }
    },

    /** Normal with deviation 0.01, as the classifiers of VGG and MobileNetV2. */
    NORMAL_SMALL {
        @Override
        double variance(Fans fans) {
            return 1e-4;
        }
    };

    /** Numbers that a layer takes and makes at one place. */
    record Fans(double in, double out) {}

    abstract double variance(Fans fans);

    float[] draw(long seed, String variable, Fans fans, int count) {
        return InitialValues.normal(seed, variable, variance(fans), count);
    }
}
