package sckd.distillation;

import java.util.function.BiFunction;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;

/** The losses as their papers write them, in double precision, of rows {@code [batch][values]}. */
public final class PlainLosses {
    private PlainLosses() {}

    public static double softCrossEntropy(double[][] student, double[][] teacher, double temperature) {
        double sum = 0;
        for (int i = 0; i < student.length; i++) {
            var p = softmax(student[i], temperature);
            var q = softmax(teacher[i], temperature);
            for (int c = 0; c < p.length; c++) {
                sum -= q[c] * Math.log(p[c]);
            }
        }
        return sum / student.length;
    }

    /** Maps as {@code [batch][position · channels + channel]}. */
    static double attention(double[][] student, int studentChannels, double[][] teacher, int teacherChannels) {
        double sum = 0;
        int positions = student[0].length / studentChannels;
        for (int i = 0; i < student.length; i++) {
            var s = unit(energy(student[i], studentChannels));
            var t = unit(energy(teacher[i], teacherChannels));
            for (int p = 0; p < positions; p++) {
                sum += square(s[p] - t[p]);
            }
        }
        return sum / (student.length * positions);
    }

    private static double[] energy(double[] map, int channels) {
        var energy = new double[map.length / channels];
        for (int i = 0; i < map.length; i++) {
            energy[i / channels] += square(map[i]) / channels;
        }
        return energy;
    }

    /** A map of {@code size × size} positions pooled over windows of 2 × 2. */
    static double[] halved(double[] map, int size, int channels) {
        var pooled = new double[map.length / 4];
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                for (int c = 0; c < channels; c++) {
                    pooled[((y / 2) * (size / 2) + x / 2) * channels + c] += map[(y * size + x) * channels + c] / 4;
                }
            }
        }
        return pooled;
    }

    static double similarity(double[][] student, double[][] teacher) {
        int n = student.length;
        double sum = 0;
        for (int i = 0; i < n; i++) {
            var s = unit(products(student, i));
            var t = unit(products(teacher, i));
            for (int j = 0; j < n; j++) {
                sum += square(s[j] - t[j]);
            }
        }
        return sum / (n * n);
    }

    private static double[] products(double[][] rows, int i) {
        return IntStream.range(0, rows.length)
                .mapToDouble(j -> dot(rows[i], rows[j]))
                .toArray();
    }

    static double relation(double[][] student, double[][] teacher, double distance, double angle) {
        int n = student.length;
        double distances = 0;
        double angles = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                distances += huber(length(student, i, j) / mean(student) - length(teacher, i, j) / mean(teacher));
                for (int k = 0; k < n; k++) {
                    angles += huber(cosine(student, i, j, k) - cosine(teacher, i, j, k));
                }
            }
        }
        return distance * distances / (n * n) + angle * angles / (n * n * n);
    }

    private static double mean(double[][] rows) {
        double sum = 0;
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < rows.length; j++) {
                sum += length(rows, i, j);
            }
        }
        return sum / (rows.length * (rows.length - 1));
    }

    private static double length(double[][] rows, int i, int j) {
        double sum = 0;
        for (int d = 0; d < rows[i].length; d++) {
            sum += square(rows[i][d] - rows[j][d]);
        }
        return Math.sqrt(sum);
    }

    /** Of the angle at i between j and k; 0 where one of them is i. */
    private static double cosine(double[][] rows, int i, int j, int k) {
        if (i == j || i == k) {
            return 0;
        }
        double sum = 0;
        for (int d = 0; d < rows[i].length; d++) {
            sum += (rows[j][d] - rows[i][d]) * (rows[k][d] - rows[i][d]);
        }
        return sum / (length(rows, i, j) * length(rows, i, k));
    }

    private static double huber(double x) {
        return Math.abs(x) <= 1 ? x * x / 2 : Math.abs(x) - .5;
    }

    static double decoupled(
            double[][] student, double[][] teacher, int[] labels, double alpha, double beta, double temperature) {
        double sum = 0;
        for (int i = 0; i < student.length; i++) {
            int label = labels[i];
            var p = softmax(student[i], temperature);
            var q = softmax(teacher[i], temperature);
            double binary = q[label] * Math.log(q[label] / p[label])
                    + (1 - q[label]) * Math.log((1 - q[label]) / (1 - p[label]));
            double rest = 0;
            for (int c = 0; c < p.length; c++) {
                if (c != label) {
                    double ofTeacher = q[c] / (1 - q[label]);
                    rest += ofTeacher * Math.log(ofTeacher / (p[c] / (1 - p[label])));
                }
            }
            sum += alpha * binary + beta * rest;
        }
        return temperature * temperature * sum / student.length;
    }

    static double correlation(double[][] student, double[][] teacher, double beta, double gamma, double temperature) {
        int n = student.length;
        int classes = student[0].length;
        var p = new double[n][];
        var q = new double[n][];
        for (int i = 0; i < n; i++) {
            p[i] = softmax(student[i], temperature);
            q[i] = softmax(teacher[i], temperature);
        }
        double rows = IntStream.range(0, n)
                .mapToDouble(i -> 1 - pearson(p[i], q[i]))
                .average()
                .orElseThrow();
        BiFunction<double[][], Integer, double[]> column = (values, c) ->
                IntStream.range(0, n).mapToDouble(i -> values[i][c]).toArray();
        double columns = IntStream.range(0, classes)
                .mapToDouble(c -> 1 - pearson(column.apply(p, c), column.apply(q, c)))
                .average()
                .orElseThrow();
        return temperature * temperature * (beta * rows + gamma * columns);
    }

    /** TOFD's: W is {@code [student's channels, teacher's channels]}, row by row. */
    public static double taskOriented(
            double[][] student, double[][] teacher, double[] w, double distance, double orthogonality) {
        int inputs = student[0].length;
        int outputs = teacher[0].length;
        double apart = 0;
        for (int i = 0; i < student.length; i++) {
            for (int c = 0; c < outputs; c++) {
                double mapped = 0;
                for (int d = 0; d < inputs; d++) {
                    mapped += student[i][d] * w[d * outputs + c];
                }
                apart += square(mapped - teacher[i][c]);
            }
        }
        double rows = skew(inputs, outputs, (d, c) -> w[d * outputs + c]);
        double columns = skew(outputs, inputs, (c, d) -> w[d * outputs + c]);
        return distance * Math.sqrt(apart) + orthogonality * (Math.sqrt(rows) + Math.sqrt(columns));
    }

    /** {@code ‖M Mᵀ − I‖²_F}. */
    private static double skew(int rows, int columns, ToDoubleBiFunction<Integer, Integer> matrix) {
        double sum = 0;
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < rows; j++) {
                double product = 0;
                for (int c = 0; c < columns; c++) {
                    product += matrix.applyAsDouble(i, c) * matrix.applyAsDouble(j, c);
                }
                sum += square(product - (i == j ? 1 : 0));
            }
        }
        return sum;
    }

    private static double pearson(double[] one, double[] other) {
        double meanOne = IntStream.range(0, one.length)
                .mapToDouble(i -> one[i])
                .average()
                .orElseThrow();
        double meanOther = IntStream.range(0, one.length)
                .mapToDouble(i -> other[i])
                .average()
                .orElseThrow();
        double product = 0;
        double squareOne = 0;
        double squareOther = 0;
        for (int i = 0; i < one.length; i++) {
            product += (one[i] - meanOne) * (other[i] - meanOther);
            squareOne += square(one[i] - meanOne);
            squareOther += square(other[i] - meanOther);
        }
        return product / Math.sqrt(squareOne * squareOther);
    }

    private static double[] softmax(double[] logits, double temperature) {
        double sum = 0;
        var exps = new double[logits.length];
        for (int c = 0; c < logits.length; c++) {
            exps[c] = Math.exp(logits[c] / temperature);
            sum += exps[c];
        }
        for (int c = 0; c < logits.length; c++) {
            exps[c] /= sum;
        }
        return exps;
    }

    private static double[] unit(double[] vector) {
        double length = Math.sqrt(dot(vector, vector));
        return IntStream.range(0, vector.length)
                .mapToDouble(i -> vector[i] / length)
                .toArray();
    }

    private static double dot(double[] one, double[] other) {
        return IntStream.range(0, one.length)
                .mapToDouble(i -> one[i] * other[i])
                .sum();
    }

    private static double square(double x) {
        return x * x;
    }
}
