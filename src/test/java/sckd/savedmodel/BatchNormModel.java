package sckd.savedmodel;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;

/**
 * A model for tests: images {@code [batch, 2, 1, 2]} → {@code norm} (batch norm) → {@code mean} over height and width → {@code dense} with
 * three classes; and the same in plain double arithmetic.
 */
final class BatchNormModel {
    static final float EPSILON = .25f;
    static final float[] GAMMA = {1.5f, -.5f};
    static final float[] BETA = {.25f, 2};
    static final float[] MEAN = {.5f, -1};
    static final float[] VARIANCE = {2, .75f};
    static final float[] KERNEL = {1, 2, -1, .5f, -3, 1};
    static final Shape CHANNELS = Shape.of(2);

    /** Two images. */
    static final float[] IMAGES = {1, 2, -1, 0, .5f, -2, 3, 1.5f};

    private BatchNormModel() {}

    static ClassifierModel writeFused(Path directory) {
        return write(directory, BatchNorm.Form.FUSED, true, true);
    }

    static ClassifierModel write(Path directory, BatchNorm.Form form, boolean hasGamma, boolean hasBeta) {
        var sketch = new ModelSketch();
        var images = sketch.images(-1, 2, 1, 2);
        var norm = sketch.layer("norm");
        var normal = form == BatchNorm.Form.FUSED
                ? buildFused(sketch, norm, images)
                : buildDecomposed(sketch, norm, images, hasGamma, hasBeta);
        sketch.feature("norm", normal);
        var tf = sketch.tf();
        var pooled = sketch.layer("mean").math.mean(normal, tf.constant(new int[] {1, 2}));
        var dense = sketch.layer("dense");
        var kernel = sketch.variable(dense, "kernel", true, Shape.of(2, 3), KERNEL);
        var logits = dense.linalg.matMul(pooled, kernel);
        sketch.momentum(.75f);
        return sketch.write(directory, logits, Map.of("probabilities", tf.nn.softmax(logits)));
    }

    /** Decomposed, over the axis of four whose size is not 1 in {@code axes}. */
    static ClassifierModel writeOverAxis(Path directory, int... axes) {
        var sketch = new ModelSketch();
        var images = sketch.images(-1, 2, 1, 2);
        var tf = sketch.layer("norm");
        var shape = tf.constant(axes);
        var mean = tf.reshape(sketch.variable(tf, "mean", false, CHANNELS, MEAN), shape);
        var variance = tf.reshape(sketch.variable(tf, "variance", false, CHANNELS, VARIANCE), shape);
        var gamma = tf.reshape(sketch.variable(tf, "gamma", true, CHANNELS, GAMMA), shape);
        var m = tf.math.mul(tf.math.rsqrt(tf.math.add(variance, tf.constant(EPSILON))), gamma);
        var normal = tf.math.add(tf.math.mul(images, m), tf.math.mul(tf.math.neg(mean), m));
        return sketch.write(directory, normal, Map.of("normal", normal));
    }

    private static Operand<TFloat32> buildFused(ModelSketch sketch, Ops norm, Operand<TFloat32> images) {
        return FusedBatchNorm.create(
                        norm.scope(),
                        images,
                        sketch.variable(norm, "gamma", true, CHANNELS, GAMMA),
                        sketch.variable(norm, "beta", true, CHANNELS, BETA),
                        sketch.variable(norm, "mean", false, CHANNELS, MEAN),
                        sketch.variable(norm, "variance", false, CHANNELS, VARIANCE),
                        FusedBatchNorm.isTraining(false),
                        FusedBatchNorm.epsilon(EPSILON))
                .y();
    }

    /** In the order in which Keras 3 writes it. */
    private static Operand<TFloat32> buildDecomposed(
            ModelSketch sketch, Ops tf, Operand<TFloat32> images, boolean hasGamma, boolean hasBeta) {
        var mean = sketch.variable(tf, "mean", false, CHANNELS, MEAN);
        var variance = sketch.variable(tf, "variance", false, CHANNELS, VARIANCE);
        Operand<TFloat32> m = tf.math.rsqrt(tf.math.add(variance, tf.constant(EPSILON)));
        if (hasGamma) {
            m = tf.math.mul(m, sketch.variable(tf, "gamma", true, CHANNELS, GAMMA));
        }
        var scaled = tf.math.mul(images, m);
        if (hasBeta) {
            var beta = sketch.variable(tf, "beta", true, CHANNELS, BETA);
            return tf.math.add(scaled, tf.math.sub(beta, tf.math.mul(mean, m)));
        }
        return tf.math.add(scaled, tf.math.mul(tf.math.neg(mean), m));
    }

    /** {@code gamma · (x − mean) / √(variance + epsilon) + beta} of {@code [values, channels]}. */
    static double[] normalise(double[] x, double[] mean, double[] variance, boolean hasGamma, boolean hasBeta) {
        var y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            int c = i % 2;
            double scaled = (x[i] - mean[c]) / Math.sqrt(variance[c] + EPSILON);
            y[i] = (hasGamma ? GAMMA[c] : 1) * scaled + (hasBeta ? BETA[c] : 0);
        }
        return y;
    }

    static double[] batchMean(double[] x) {
        var mean = new double[2];
        for (int i = 0; i < x.length; i++) {
            mean[i % 2] += x[i] / (x.length / 2);
        }
        return mean;
    }

    /** Without Bessel's correction. */
    static double[] batchVariance(double[] x) {
        var mean = batchMean(x);
        var variance = new double[2];
        for (int i = 0; i < x.length; i++) {
            variance[i % 2] += Math.pow(x[i] - mean[i % 2], 2) / (x.length / 2);
        }
        return variance;
    }

    /** Logits {@code [2, 3]} of a normal feature {@code [2, 2, 1, 2]}. */
    static double[] logits(double[] normal) {
        var logits = new double[6];
        for (int image = 0; image < 2; image++) {
            for (int c = 0; c < 2; c++) {
                double pooled = (normal[image * 4 + c] + normal[image * 4 + 2 + c]) / 2;
                for (int k = 0; k < 3; k++) {
                    logits[image * 3 + k] += pooled * KERNEL[c * 3 + k];
                }
            }
        }
        return logits;
    }

    static double[] doubles(float... values) {
        var doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    static List<Double> list(double... values) {
        return java.util.Arrays.stream(values).boxed().toList();
    }
}
