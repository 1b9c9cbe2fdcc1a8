package sckd.training;

/** {@link TwoLayers} run forward and backward by hand, in double precision. */
final class PlainForward {
    final double[][] hidden;
    final double[][] logits;
    private final double[][] parameters;
    private final double[][] images;

    /**
     * @param images {@code [batch, 4]}, normalised
     */
    PlainForward(TwoLayers model, double[][] images) {
        this.parameters = model.values();
        this.images = images;
        hidden = new double[images.length][];
        logits = new double[images.length][];
        for (int n = 0; n < images.length; n++) {
            hidden[n] = dense(images[n], parameters[0], parameters[1]);
            for (int j = 0; j < hidden[n].length; j++) {
                hidden[n][j] = Math.max(0, hidden[n][j]);
            }
            logits[n] = dense(hidden[n], parameters[2], parameters[3]);
        }
    }

    private static double[] dense(double[] input, double[] kernel, double[] bias) {
        var output = bias.clone();
        for (int i = 0; i < input.length; i++) {
            for (int j = 0; j < output.length; j++) {
                output[j] += input[i] * kernel[i * output.length + j];
            }
        }
        return output;
    }

    /** A loss and its gradient by W1, b1, W2, b2. */
    record Loss(double value, double[][] gradient) {}

    /** Mean cross-entropy. */
    Loss crossEntropy(int[] labels) {
        double sum = 0;
        var slopes = new double[images.length][];
        for (int n = 0; n < images.length; n++) {
            slopes[n] = softmax(logits[n], 1);
            sum -= Math.log(slopes[n][labels[n]]);
            slopes[n][labels[n]] -= 1;
        }
        return new Loss(sum / images.length, throughLogits(slopes, 1.0 / images.length));
    }

    /** {@code T² · KL(teacher ‖ student)}, mean over the batch. */
    Loss output(double[][] teacherLogits, double temperature) {
        double sum = 0;
        var slopes = new double[images.length][];
        for (int n = 0; n < images.length; n++) {
            slopes[n] = softmax(logits[n], temperature);
            var target = softmax(teacherLogits[n], temperature);
            for (int c = 0; c < target.length; c++) {
                sum += target[c] * Math.log(target[c] / slopes[n][c]);
                slopes[n][c] -= target[c];
            }
        }
        return new Loss(
                temperature * temperature * sum / images.length, throughLogits(slopes, temperature / images.length));
    }

    /** Mean squared difference of the hidden layer. */
    Loss feature(double[][] teacherHidden) {
        double sum = 0;
        double elements = (double) images.length * TwoLayers.HIDDEN;
        var slopes = new double[images.length][TwoLayers.HIDDEN];
        for (int n = 0; n < images.length; n++) {
            for (int j = 0; j < TwoLayers.HIDDEN; j++) {
                double difference = hidden[n][j] - teacherHidden[n][j];
                sum += difference * difference;
                slopes[n][j] = 2 * difference / elements;
            }
        }
        var gradient = zeros();
        throughHidden(slopes, gradient);
        return new Loss(sum / elements, gradient);
    }

    /** Share of images whose label has the largest logit. */
    double accuracy(int[] labels) {
        int hits = 0;
        for (int n = 0; n < images.length; n++) {
            int best = 0;
            for (int c = 1; c < TwoLayers.CLASSES; c++) {
                best = logits[n][c] > logits[n][best] ? c : best;
            }
            hits += best == labels[n] ? 1 : 0;
        }
        return (double) hits / images.length;
    }

    private double[][] throughLogits(double[][] slopes, double factor) {
        var gradient = zeros();
        var hiddenSlopes = new double[images.length][TwoLayers.HIDDEN];
        for (int n = 0; n < images.length; n++) {
            for (int c = 0; c < TwoLayers.CLASSES; c++) {
                double slope = factor * slopes[n][c];
                gradient[3][c] += slope;
                for (int j = 0; j < TwoLayers.HIDDEN; j++) {
                    gradient[2][j * TwoLayers.CLASSES + c] += hidden[n][j] * slope;
                    hiddenSlopes[n][j] += parameters[2][j * TwoLayers.CLASSES + c] * slope;
                }
            }
        }
        throughHidden(hiddenSlopes, gradient);
        return gradient;
    }

    private void throughHidden(double[][] slopes, double[][] gradient) {
        for (int n = 0; n < images.length; n++) {
            for (int j = 0; j < TwoLayers.HIDDEN; j++) {
                double slope = hidden[n][j] > 0 ? slopes[n][j] : 0;
                gradient[1][j] += slope;
                for (int i = 0; i < TwoLayers.INPUTS; i++) {
                    gradient[0][i * TwoLayers.HIDDEN + j] += images[n][i] * slope;
                }
            }
        }
    }

    private double[][] zeros() {
        var zeros = new double[parameters.length][];
        for (int v = 0; v < zeros.length; v++) {
            zeros[v] = new double[parameters[v].length];
        }
        return zeros;
    }

    static double[] softmax(double[] logits, double temperature) {
        var result = new double[logits.length];
        double sum = 0;
        for (int c = 0; c < logits.length; c++) {
            result[c] = Math.exp(logits[c] / temperature);
            sum += result[c];
        }
        for (int c = 0; c < logits.length; c++) {
            result[c] /= sum;
        }
        return result;
    }
}
