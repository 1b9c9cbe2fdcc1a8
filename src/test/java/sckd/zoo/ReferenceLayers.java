package sckd.zoo;

import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/**
 * The layers once more, in plain double loops over one image {@code [height][width][channels]}, written from their definitions and from
 * PyTorch's padding rules. Weights by variable name, row by row.
 */
record ReferenceLayers(Map<String, float[]> weights) {
    /** With {@code size / 2} zeros on every side, then batch norm; biases where there are any. */
    double[][][] convAndNorm(String scope, double[][][] x, int size, int filters, int stride) {
        var kernel = weights.get(scope + "/kernel");
        int channels = x[0][0].length;
        int border = size / 2;
        int height = (x.length + 2 * border - size) / stride + 1;
        int width = (x[0].length + 2 * border - size) / stride + 1;
        var y = new double[height][width][filters];
        for (int i = 0; i < height; i++) {
            for (int j = 0; j < width; j++) {
                for (int f = 0; f < filters; f++) {
                    double sum = weights.getOrDefault(scope + "/bias", new float[filters])[f];
                    for (int a = 0; a < size; a++) {
                        for (int b = 0; b < size; b++) {
                            int row = i * stride + a - border;
                            int column = j * stride + b - border;
                            if (row < 0 || row >= x.length || column < 0 || column >= x[0].length) {
                                continue;
                            }
                            for (int c = 0; c < channels; c++) {
                                sum += x[row][column][c] * kernel[((a * size + b) * channels + c) * filters + f];
                            }
                        }
                    }
                    y[i][j][f] = norm(scope, f, sum);
                }
            }
        }
        return y;
    }

    private double norm(String scope, int channel, double x) {
        double mean = weights.get(scope + "/moving_mean")[channel];
        double variance = weights.get(scope + "/moving_variance")[channel];
        return weights.get(scope + "/gamma")[channel] * (x - mean) / Math.sqrt(variance + 1e-5)
                + weights.get(scope + "/beta")[channel];
    }

    static double[][][] relu(double[][][] x) {
        return map(x, value -> Math.max(value, 0));
    }

    static double[][][] add(double[][][] x, double[][][] y) {
        var sum = map(x, value -> value);
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < x[0].length; j++) {
                for (int c = 0; c < x[0][0].length; c++) {
                    sum[i][j][c] += y[i][j][c];
                }
            }
        }
        return sum;
    }

    static double[][][] maxPool(double[][][] x) {
        var y = new double[x.length / 2][x[0].length / 2][x[0][0].length];
        for (int i = 0; i < y.length; i++) {
            for (int j = 0; j < y[0].length; j++) {
                for (int c = 0; c < y[0][0].length; c++) {
                    y[i][j][c] = Math.max(
                            Math.max(x[2 * i][2 * j][c], x[2 * i][2 * j + 1][c]),
                            Math.max(x[2 * i + 1][2 * j][c], x[2 * i + 1][2 * j + 1][c]));
                }
            }
        }
        return y;
    }

    static double[] flatten(double[][][] x) {
        int width = x[0].length;
        int channels = x[0][0].length;
        return IntStream.range(0, x.length * width * channels)
                .mapToDouble(n -> x[n / channels / width][n / channels % width][n % channels])
                .toArray();
    }

    static double[] mean(double[][][] x) {
        var mean = new double[x[0][0].length];
        for (var row : x) {
            for (var pixel : row) {
                for (int c = 0; c < mean.length; c++) {
                    mean[c] += pixel[c] / (x.length * row.length);
                }
            }
        }
        return mean;
    }

    double[] dense(String scope, double[] x) {
        var kernel = weights.get(scope + "/kernel");
        var bias = weights.get(scope + "/bias");
        var y = new double[bias.length];
        for (int u = 0; u < y.length; u++) {
            y[u] = bias[u];
            for (int i = 0; i < x.length; i++) {
                y[u] += x[i] * kernel[i * y.length + u];
            }
        }
        return y;
    }

    private static double[][][] map(double[][][] x, DoubleUnaryOperator each) {
        var y = new double[x.length][x[0].length][x[0][0].length];
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < x[0].length; j++) {
                for (int c = 0; c < x[0][0].length; c++) {
                    y[i][j][c] = each.applyAsDouble(x[i][j][c]);
                }
            }
        }
        return y;
    }
}
