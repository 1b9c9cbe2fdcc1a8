package sckd.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import sckd.graph.SessionRuns;
import sckd.graph.Variable;

/** Five updates of each optimizer against the same recursion in plain double. */
class OptimizerTest {
    private static final double[] START = {0.5, -1.25, 2};
    private static final double[][] GRADIENTS = {
        {0.3, -0.2, 0}, {-0.1, 0.7, 0.01}, {0.25, 0.25, -3}, {0, -0.4, 1e-4}, {1.5, 0, 0.2}
    };
    private static final double[] RATES = {0.1, 0.1, 0.05, 0.05, 0.01};

    @Test
    void sgdWithoutMomentumFollowsTheGradient() {
        double[] weights = START.clone();
        for (int step = 0; step < 5; step++) {
            for (int i = 0; i < 3; i++) {
                weights[i] -= RATES[step] * GRADIENTS[step][i];
            }
        }
        assertUpdates(new Sgd(0.1f, 0, false, new WeightDecay(0, false)), weights);
    }

    @Test
    void sgdAddsCoupledDecayBeforeMomentum() {
        assertUpdates(new Sgd(0.1f, 0.9f, false, new WeightDecay(0.02f, false)), sgd(0.02, false, false));
    }

    @Test
    void sgdDecaysBesideTheUpdateWhereDecoupled() {
        assertUpdates(new Sgd(0.1f, 0.9f, false, new WeightDecay(0.02f, true)), sgd(0.02, true, false));
    }

    @Test
    void nesterovLooksAhead() {
        assertUpdates(new Sgd(0.1f, 0.9f, true, new WeightDecay(0.02f, false)), sgd(0.02, false, true));
    }

    @Test
    void adamCorrectsItsBias() {
        assertUpdates(new Adam(0.1f, 0.9f, 0.99f, 1e-7f, new WeightDecay(0.02f, false)), adam(0.02, false));
    }

    @Test
    void adamWDecaysBesideTheUpdate() {
        assertUpdates(new Adam(0.1f, 0.9f, 0.99f, 1e-7f, new WeightDecay(0.02f, true)), adam(0.02, true));
    }

    @Test
    void badSettingsAreRefusedWithTheirValue() {
        var none = new WeightDecay(0, false);
        assertThatThrownBy(() -> new Sgd(0, 0, false, none)).hasMessage("learning-rate is 0.0; expected more than 0");
        assertThatThrownBy(() -> new Sgd(1, 1, false, none)).hasMessage("momentum is 1.0; expected 0 to below 1");
        assertThatThrownBy(() -> new Sgd(1, 0, true, none))
                .hasMessage("nesterov is true but momentum is 0; expected momentum above 0");
        assertThatThrownBy(() -> new WeightDecay(-1, false)).hasMessage("weight-decay is -1.0; expected at least 0");
        assertThatThrownBy(() -> new Adam(1, 0.9f, 1, 1e-7f, none)).hasMessage("beta2 is 1.0; expected 0 to below 1");
    }

    private static double[] sgd(double decay, boolean decoupled, boolean nesterov) {
        double[] weights = START.clone();
        double[] velocity = new double[3];
        for (int step = 0; step < 5; step++) {
            for (int i = 0; i < 3; i++) {
                double gradient = GRADIENTS[step][i] + (decoupled ? 0 : decay * weights[i]);
                weights[i] -= decoupled ? RATES[step] * decay * weights[i] : 0;
                velocity[i] = 0.9 * velocity[i] + gradient;
                weights[i] -= RATES[step] * (nesterov ? gradient + 0.9 * velocity[i] : velocity[i]);
            }
        }
        return weights;
    }

    private static double[] adam(double decay, boolean decoupled) {
        double[] weights = START.clone();
        double[] first = new double[3];
        double[] second = new double[3];
        for (int step = 0; step < 5; step++) {
            double scale = Math.sqrt(1 - Math.pow(0.99, step + 1)) / (1 - Math.pow(0.9, step + 1));
            for (int i = 0; i < 3; i++) {
                double gradient = GRADIENTS[step][i] + (decoupled ? 0 : decay * weights[i]);
                weights[i] -= decoupled ? RATES[step] * decay * weights[i] : 0;
                first[i] = 0.9 * first[i] + 0.1 * gradient;
                second[i] = 0.99 * second[i] + 0.01 * gradient * gradient;
                weights[i] -= RATES[step] * scale * first[i] / (Math.sqrt(second[i]) + 1e-7);
            }
        }
        return weights;
    }

    private static void assertUpdates(Optimizer optimizer, double[] expected) {
        try (var graph = new Graph()) {
            var tf = Ops.create(graph);
            var variable = Variable.build(tf, "model/weights", Shape.of(3));
            Operand<TFloat32> gradient = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(3)));
            Operand<TFloat32> rate = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
            var updates = optimizer.build(tf, "optimizer", List.of(variable), List.of(gradient), rate);
            var initialize = new ArrayList<Op>(updates.initialize());
            initialize.add(variable.buildAssign(tf, tf.constant(floats(START))));
            try (var session = new Session(graph)) {
                SessionRuns.run(session, initialize);
                for (int step = 0; step < 5; step++) {
                    var runner = session.runner();
                    updates.updates().forEach(runner::addTarget);
                    try (var fedGradient = TFloat32.vectorOf(floats(GRADIENTS[step]));
                            var fedRate = TFloat32.scalarOf((float) RATES[step]);
                            var result = runner.feed(gradient, fedGradient)
                                    .feed(rate, fedRate)
                                    .run()) {
                        assertThat(result.size()).isZero();
                    }
                }
                try (var result = session.runner().fetch(variable.value()).run()) {
                    var weights = (TFloat32) result.get(0);
                    for (int i = 0; i < 3; i++) {
                        assertThat(weights.getFloat(i)).isCloseTo((float) expected[i], within(2e-6f));
                    }
                }
            }
        }
    }

    private static float[] floats(double[] values) {
        var floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
