package sckd.distillation;

import java.util.Random;

/**
 * A network of two layers and its gradients, written out by hand in double precision: {@code h = relu(x·W1 + b1)}, {@code z = h·W2 + b2}.
 *
 * <p>Its parameters, in order: W1 {@code [3, 4]}, b1 {@code [4]}, W2 {@code [4, 3]}, b2 {@code [3]}.
 */
final class TinyNetwork {
    static final int INPUTS = 3;
    static final int HIDDEN = 4;
    static final int CLASSES = 3;

    final double[][] parameters;
    final double[][] images;
    final double[][] hidden;
    final double[][] logits;

    TinyNetwork(double[][] parameters, double[][] images) {
        this.parameters = parameters;
        this.images = images;
        hidden = new double[images.length][HIDDEN];
        logits = new double[images.length][CLASSES];
        for (int n = 0; n < images.length; n++) {
            for (int j = 0; j < HIDDEN; j++) {
                double sum = parameters[1][j];
                for (int i = 0; i < INPUTS; i++) {
                    sum += images[n][i] * parameters[0][i * HIDDEN + j];
                }
                hidden[n][j] = Math.max(0, sum);
            }
            for (int c = 0; c < CLASSES; c++) {
                logits[n][c] = parameters[3][c];
                for (int j = 0; j < HIDDEN; j++) {
                    logits[n][c] += hidden[n][j] * parameters[2][j * CLASSES + c];
                }
            }
        }
    }

    static TinyNetwork random(Random random, int batch) {
        double[][] parameters = {
            sixteenths(random, INPUTS * HIDDEN),
            sixteenths(random, HIDDEN),
            sixteenths(random, HIDDEN * CLASSES),
            sixteenths(random, CLASSES)
        };
        var images = new double[batch][];
        for (int n = 0; n < batch; n++) {
            images[n] = sixteenths(random, INPUTS);
        }
        return new TinyNetwork(parameters, images);
    }

    /** Sixteenths from −1 to 1: a hidden layer made of them is exact in float32 too. */
    static double[] sixteenths(Random random, int size) {
        return random.ints(size, -16, 17).mapToDouble(value -> value / 16.0).toArray();
    }

    /** Gradient of the mean cross-entropy. */
    double[][] crossEntropyGradient(int[] labels) {
        var slopes = new double[images.length][];
        for (int n = 0; n < images.length; n++) {
            slopes[n] = softmax(logits[n], 1);
            slopes[n][labels[n]] -= 1;
            scale(slopes[n], 1.0 / images.length);
        }
        return throughLogits(slopes);
    }

    /** Gradient of {@code T² · KL}, mean over the batch. */
    double[][] outputGradient(double[][] teacherLogits, double temperature) {
        var slopes = new double[images.length][];
        for (int n = 0; n < images.length; n++) {
            slopes[n] = softmax(logits[n], temperature);
            var target = softmax(teacherLogits[n], temperature);
            for (int c = 0; c < CLASSES; c++) {
                slopes[n][c] -= target[c];
            }
            scale(slopes[n], temperature / images.length);
        }
        return throughLogits(slopes);
    }

    /** Gradient of the mean squared difference of the hidden layer; nothing of it reaches W2 and b2. */
    double[][] featureGradient(double[][] teacherHidden) {
        var slopes = new double[images.length][HIDDEN];
        for (int n = 0; n < images.length; n++) {
            for (int j = 0; j < HIDDEN; j++) {
                slopes[n][j] = 2 * (hidden[n][j] - teacherHidden[n][j]) / (images.length * HIDDEN);
            }
        }
        var gradient = zeros();
        throughHidden(slopes, gradient);
        return gradient;
    }

    private double[][] throughLogits(double[][] slopes) {
        var gradient = zeros();
        var hiddenSlopes = new double[images.length][HIDDEN];
        for (int n = 0; n < images.length; n++) {
            for (int c = 0; c < CLASSES; c++) {
                gradient[3][c] += slopes[n][c];
                for (int j = 0; j < HIDDEN; j++) {
                    gradient[2][j * CLASSES + c] += hidden[n][j] * slopes[n][c];
                    hiddenSlopes[n][j] += parameters[2][j * CLASSES + c] * slopes[n][c];
                }
            }
        }
        throughHidden(hiddenSlopes, gradient);
        return gradient;
    }

    private void throughHidden(double[][] slopes, double[][] gradient) {
        for (int n = 0; n < images.length; n++) {
            for (int j = 0; j < HIDDEN; j++) {
                double slope = hidden[n][j] > 0 ? slopes[n][j] : 0;
                gradient[1][j] += slope;
                for (int i = 0; i < INPUTS; i++) {
                    gradient[0][i * HIDDEN + j] += images[n][i] * slope;
                }
            }
        }
    }

    private static double[][] zeros() {
        return new double[][] {
            new double[INPUTS * HIDDEN], new double[HIDDEN], new double[HIDDEN * CLASSES], new double[CLASSES]
        };
    }

    static double[] softmax(double[] logits, double temperature) {
        var result = new double[logits.length];
        double sum = 0;
        for (int c = 0; c < logits.length; c++) {
            result[c] = Math.exp(logits[c] / temperature);
            sum += result[c];
        }
        scale(result, 1 / sum);
        return result;
    }

    private static void scale(double[] values, double factor) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
    }
}
