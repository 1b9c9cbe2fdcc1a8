package sckd.training;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A gate by hand, in double precision. */
interface PlainGate {
    /**
     * @param step from 1
     * @param supervised g_S, over θ
     * @param losses g_k
     * @return γ, {@code [losses][variables]}
     */
    double[][] decide(int step, double[][] supervised, List<double[][]> losses);

    /** γ of loss k, one for all of θ. */
    interface OfCosine {
        double gate(int step, int loss, double cosine);
    }

    static PlainGate of(OfCosine gate) {
        return (step, supervised, losses) -> {
            var gates = new double[losses.size()][supervised.length];
            for (int k = 0; k < gates.length; k++) {
                Arrays.fill(gates[k], gate.gate(step, k, PlainTraining.cosine(supervised, losses.get(k))));
            }
            return gates;
        };
    }

    /** Of the cosine over each variable alone. */
    static PlainGate byVariable(double threshold) {
        return (step, supervised, losses) -> {
            var gates = new double[losses.size()][supervised.length];
            for (int k = 0; k < gates.length; k++) {
                for (int v = 0; v < supervised.length; v++) {
                    double[][] one = {supervised[v]};
                    double[][] other = {losses.get(k)[v]};
                    gates[k][v] = open(PlainTraining.cosine(one, other), threshold);
                }
            }
            return gates;
        };
    }

    /** Over the variables whose gradient of the loss is not zero. */
    static double meanOfReached(double[] gates, double[][] gradient) {
        return IntStream.range(0, gates.length)
                .filter(v -> Arrays.stream(gradient[v]).anyMatch(value -> value != 0))
                .mapToDouble(v -> gates[v])
                .average()
                .orElse(gates[0]);
    }

    static double open(double cosine, double threshold) {
        if (cosine != 0 && Math.abs(cosine - threshold) < 1e-4) {
            throw new IllegalArgumentException("the case decides a gate by rounding: " + cosine);
        }
        return cosine > threshold ? 1 : 0;
    }
}
