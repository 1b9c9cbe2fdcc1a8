package sckd.distillation;

import java.util.ArrayList;
import java.util.List;

/** The hint loss written out in double precision: convolution, batch norm over the batch, ReLU, mean squared error. */
record PlainRegressor(
        int batch, int studentSize, int studentChannels, int teacherSize, int teacherChannels, int kernelSize) {
    /** {@code values}: student's feature, kernel, scale, offset. */
    double loss(List<double[]> values, double[] teacher) {
        var convolved = convolve(values.get(0), values.get(1));
        double sum = 0;
        for (int channel = 0; channel < teacherChannels; channel++) {
            int rows = convolved.length / teacherChannels;
            double mean = 0;
            for (int i = 0; i < rows; i++) {
                mean += convolved[i * teacherChannels + channel] / rows;
            }
            double variance = 0;
            for (int i = 0; i < rows; i++) {
                variance += Math.pow(convolved[i * teacherChannels + channel] - mean, 2) / rows;
            }
            for (int i = 0; i < rows; i++) {
                double normalised = (convolved[i * teacherChannels + channel] - mean) / Math.sqrt(variance + 1e-5);
                double scaled = normalised * values.get(2)[channel] + values.get(3)[channel];
                sum += Math.pow(Math.max(0, scaled) - teacher[i * teacherChannels + channel], 2);
            }
        }
        return sum / teacher.length;
    }

    /** Central differences in one of the values. */
    double[] slopes(List<double[]> values, int index, double[] teacher) {
        double step = 1e-6;
        var slopes = new double[values.get(index).length];
        for (int i = 0; i < slopes.length; i++) {
            slopes[i] = (loss(moved(values, index, i, step), teacher) - loss(moved(values, index, i, -step), teacher))
                    / (2 * step);
        }
        return slopes;
    }

    private static List<double[]> moved(List<double[]> values, int index, int element, double step) {
        var moved = new ArrayList<>(values);
        var changed = values.get(index).clone();
        changed[element] += step;
        moved.set(index, changed);
        return moved;
    }

    /** Every tap that links a pixel of the student with one of the teacher. */
    private double[] convolve(double[] student, double[] kernel) {
        var result = new double[batch * teacherSize * teacherSize * teacherChannels];
        for (int n = 0; n < batch; n++) {
            for (int y = 0; y < teacherSize; y++) {
                for (int x = 0; x < teacherSize; x++) {
                    for (int v = 0; v < studentSize; v++) {
                        for (int u = 0; u < studentSize; u++) {
                            int row = tap(y, v);
                            int column = tap(x, u);
                            if (row >= 0 && row < kernelSize && column >= 0 && column < kernelSize) {
                                addTap(result, student, kernel, n, y, x, v, u, row * kernelSize + column);
                            }
                        }
                    }
                }
            }
        }
        return result;
    }

    /** Which row of the kernel links the teacher's row with the student's. */
    private int tap(int teacherRow, int studentRow) {
        return switch (kernelSize) {
            case 1 -> studentRow - teacherRow;
            case 3 -> studentRow - 2 * teacherRow + 1; // the window's middle is at each second row
            default -> teacherRow - 2 * studentRow + 1; // each pixel spreads over four, one row and column before it
        };
    }

    private void addTap(
            double[] result, double[] student, double[] kernel, int n, int y, int x, int v, int u, int tap) {
        for (int to = 0; to < teacherChannels; to++) {
            for (int from = 0; from < studentChannels; from++) {
                int weight = kernelSize == 4
                        ? (tap * teacherChannels + to) * studentChannels + from
                        : (tap * studentChannels + from) * teacherChannels + to;
                result[((n * teacherSize + y) * teacherSize + x) * teacherChannels + to] +=
                        kernel[weight] * student[((n * studentSize + v) * studentSize + u) * studentChannels + from];
            }
        }
    }
}
