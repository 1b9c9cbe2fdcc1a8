package sckd.zoo;

import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/**
 * The layers once more, in plain double loops over one image {@code [height][width][channels]}, written from their definitions and from
 * PyTorch's padding rules. Weights by variable name, row by row.
 */
record ReferenceLayers(Map<String, float[]> weights) {
    double[][][] convAndNorm(String scope, double[][][] x, int size, int filters, int stride) {
        return norm(scope, conv(scope, x, size, filters, stride));
    }

    /** With {@code size / 2} zeros on every side; biases where there are any. */
    double[][][] conv(String scope, double[][][] x, int size, int filters, int stride) {
        return conv(scope, x, size, filters, stride, 1);
    }

    /** Filter f, of the group {@code f / (filters / groups)}, sees that group's channels alone. */
    double[][][] conv(String scope, double[][][] x, int size, int filters, int stride, int groups) {
        var kernel = weights.get(scope + "/kernel");
        int channels = x[0][0].length / groups;
        var y = new double[outputs(x.length, size, stride)][outputs(x[0].length, size, stride)][filters];
        for (int i = 0; i < y.length; i++) {
            for (int j = 0; j < y[0].length; j++) {
                for (int f = 0; f < filters; f++) {
                    int first = f / (filters / groups) * channels;
                    double sum = weights.getOrDefault(scope + "/bias", new float[filters])[f];
                    for (int a = 0; a < size; a++) {
                        for (int b = 0; b < size; b++) {
                            for (int c = 0; c < channels; c++) {
                                sum += at(x, i * stride + a - size / 2, j * stride + b - size / 2, first + c)
                                        * kernel[((a * size + b) * channels + c) * filters + f];
                            }
                        }
                    }
                    y[i][j][f] = sum;
                }
            }
        }
        return y;
    }

    /** 3×3, channel by channel, then batch norm. */
    double[][][] depthwiseAndNorm(String scope, double[][][] x, int stride) {
        var kernel = weights.get(scope + "/kernel");
        int channels = x[0][0].length;
        return norm(scope, window(x, stride, (i, j, c) -> {
            double sum = 0;
            for (int a = 0; a < 9; a++) {
                sum += at(x, i + a / 3 - 1, j + a % 3 - 1, c) * kernel[a * channels + c];
            }
            return sum;
        }));
    }

    double[][][] norm(String scope, double[][][] x) {
        var y = map(x, value -> value);
        for (var row : y) {
            for (var pixel : row) {
                for (int c = 0; c < pixel.length; c++) {
                    pixel[c] = norm(scope, c, pixel[c]);
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

    /** 3×3, stride 2, one row and column around that never count. */
    static double[][][] maxPool3x3(double[][][] x) {
        return window(x, 2, (i, j, c) -> IntStream.range(0, 9)
                .filter(a -> isInside(x, i + a / 3 - 1, j + a % 3 - 1))
                .mapToDouble(a -> x[i + a / 3 - 1][j + a % 3 - 1][c])
                .max()
                .orElseThrow());
    }

    /** 3×3, stride 2, always divided by 9. */
    static double[][][] meanPool3x3(double[][][] x) {
        return window(x, 2, (i, j, c) -> IntStream.range(0, 9)
                .mapToDouble(a -> at(x, i + a / 3 - 1, j + a % 3 - 1, c) / 9)
                .sum());
    }

    /** Channel {@code g · (channels / groups) + k} goes to {@code k · groups + g}. */
    static double[][][] shuffle(double[][][] x, int groups) {
        int size = x[0][0].length / groups;
        return channels(x, x[0][0].length, (pixel, c) -> pixel[c % groups * size + c / groups]);
    }

    /** The channels from {@code first} on, {@code count} of them. */
    static double[][][] slice(double[][][] x, int first, int count) {
        return channels(x, count, (pixel, c) -> pixel[first + c]);
    }

    static double[][][] concat(double[][][] x, double[][][] y) {
        int channels = x[0][0].length;
        var joined = new double[x.length][x[0].length][channels + y[0][0].length];
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < x[0].length; j++) {
                System.arraycopy(x[i][j], 0, joined[i][j], 0, channels);
                System.arraycopy(y[i][j], 0, joined[i][j], channels, y[0][0].length);
            }
        }
        return joined;
    }

    /** A value of a result whose window is around row and column of x. */
    private interface Window {
        double at(int row, int column, int channel);
    }

    private interface Pick {
        double of(double[] pixel, int channel);
    }

    private static double[][][] window(double[][][] x, int stride, Window values) {
        var y = new double[outputs(x.length, 3, stride)][outputs(x[0].length, 3, stride)][x[0][0].length];
        for (int i = 0; i < y.length; i++) {
            for (int j = 0; j < y[0].length; j++) {
                for (int c = 0; c < y[0][0].length; c++) {
                    y[i][j][c] = values.at(i * stride, j * stride, c);
                }
            }
        }
        return y;
    }

    private static double[][][] channels(double[][][] x, int count, Pick pick) {
        var y = new double[x.length][x[0].length][count];
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < x[0].length; j++) {
                for (int c = 0; c < count; c++) {
                    y[i][j][c] = pick.of(x[i][j], c);
                }
            }
        }
        return y;
    }

    private static int outputs(int inputs, int size, int stride) {
        return (inputs + size / 2 * 2 - size) / stride + 1;
    }

    private static boolean isInside(double[][][] x, int row, int column) {
        return row >= 0 && row < x.length && column >= 0 && column < x[0].length;
    }

    private static double at(double[][][] x, int row, int column, int channel) {
        return isInside(x, row, column) ? x[row][column][channel] : 0;
    }

    static double[][][] relu(double[][][] x) {
        return map(x, value -> Math.max(value, 0));
    }

    static double[][][] relu6(double[][][] x) {
        return map(x, value -> Math.min(Math.max(value, 0), 6));
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
