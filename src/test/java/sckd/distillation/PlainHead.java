package sckd.distillation;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Heads written out in double precision. Values stand in the order in which a head adds its variables. */
final class PlainHead {
    private final boolean training;
    private final Iterator<double[]> values;
    /** Mean and variance (with n − 1) of each batch norm, in order. */
    final List<double[]> statistics = new ArrayList<>();

    /** Maps {@code [batch][channel][row][column]}. */
    private double[][][][] maps;

    /** @param training whether batch norm is over the batch */
    PlainHead(boolean training, List<double[]> values) {
        this.training = training;
        this.values = values.iterator();
    }

    /** {@link SeparableHead}: the logits, row by row. */
    double[] separable(double[] input, int batch, int size, int channels, int blocks, int classes) {
        maps = maps(input, batch, size, channels);
        int width = channels;
        for (int block = 0; block < blocks; block++) {
            half(2, width);
            half(1, 2 * width);
            width *= 2;
        }
        return dense(pooled(), classes);
    }

    /** {@link PooledHead} on maps. */
    double[] pooled(double[] input, int batch, int size, int channels, int classes) {
        maps = maps(input, batch, size, channels);
        return dense(pooled(), classes);
    }

    private static double[][][][] maps(double[] input, int batch, int size, int channels) {
        var result = new double[batch][channels][size][size];
        int i = 0;
        for (int n = 0; n < batch; n++) {
            for (int y = 0; y < size; y++) {
                for (int x = 0; x < size; x++) {
                    for (int c = 0; c < channels; c++) {
                        result[n][c][y][x] = input[i++];
                    }
                }
            }
        }
        return result;
    }

    private void half(int stride, int filters) {
        depthwise(stride);
        pointwise(filters);
        normalise();
    }

    private void depthwise(int stride) {
        var kernel = values.next();
        int channels = maps[0].length;
        for (var image : maps) {
            for (int c = 0; c < channels; c++) {
                image[c] = convolved(image[c], kernel, c, channels, stride);
            }
        }
    }

    private static double[][] convolved(double[][] map, double[] kernel, int c, int channels, int stride) {
        int size = (map.length + stride - 1) / stride;
        var result = new double[size][size];
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                for (int tap = 0; tap < 9; tap++) {
                    int row = stride * y + tap / 3 - 1;
                    int column = stride * x + tap % 3 - 1;
                    if (row >= 0 && row < map.length && column >= 0 && column < map.length) {
                        result[y][x] += map[row][column] * kernel[tap * channels + c];
                    }
                }
            }
        }
        return result;
    }

    private void pointwise(int filters) {
        var kernel = values.next();
        for (int n = 0; n < maps.length; n++) {
            int size = maps[n][0].length;
            var result = new double[filters][size][size];
            for (int f = 0; f < filters; f++) {
                for (int y = 0; y < size; y++) {
                    for (int x = 0; x < size; x++) {
                        for (int c = 0; c < maps[n].length; c++) {
                            result[f][y][x] += maps[n][c][y][x] * kernel[c * filters + f];
                        }
                    }
                }
            }
            maps[n] = result;
        }
    }

    private void normalise() {
        var scale = values.next();
        var offset = values.next();
        var movingMean = values.next();
        var movingVariance = values.next();
        int channels = maps[0].length;
        int size = maps[0][0].length;
        int count = maps.length * size * size;
        var means = new double[channels];
        var variances = new double[channels];
        for (int c = 0; c < channels; c++) {
            for (var image : maps) {
                for (var row : image[c]) {
                    for (double value : row) {
                        means[c] += value / count;
                    }
                }
            }
            for (var image : maps) {
                for (var row : image[c]) {
                    for (double value : row) {
                        variances[c] += (value - means[c]) * (value - means[c]) / (count - 1);
                    }
                }
            }
            double mean = training ? means[c] : movingMean[c];
            double variance = training ? variances[c] * (count - 1) / count : movingVariance[c];
            for (var image : maps) {
                for (var row : image[c]) {
                    for (int x = 0; x < size; x++) {
                        row[x] = Math.max(0, scale[c] * (row[x] - mean) / Math.sqrt(variance + 1e-5) + offset[c]);
                    }
                }
            }
        }
        statistics.add(means);
        statistics.add(variances);
    }

    private double[][] pooled() {
        var result = new double[maps.length][maps[0].length];
        int places = maps[0][0].length * maps[0][0].length;
        for (int n = 0; n < maps.length; n++) {
            for (int c = 0; c < maps[n].length; c++) {
                for (var row : maps[n][c]) {
                    for (double value : row) {
                        result[n][c] += value / places;
                    }
                }
            }
        }
        return result;
    }

    private double[] dense(double[][] features, int units) {
        var kernel = values.next();
        var bias = values.next();
        var result = new double[features.length * units];
        for (int n = 0; n < features.length; n++) {
            for (int u = 0; u < units; u++) {
                result[n * units + u] = bias[u];
                for (int i = 0; i < features[n].length; i++) {
                    result[n * units + u] += features[n][i] * kernel[i * units + u];
                }
            }
        }
        return result;
    }
}
