package sckd.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.distillation.DistillationTerm;
import sckd.distillation.GateOutput;

/**
 * {@code γ_k α_k} as scalars.
 *
 * @param ofLoss for all of θ, and for heads
 * @param ofAdapters for the adapters of each loss
 * @param byVariable by loss and variable of θ, where these differ
 */
record GateFactors(
        StepVariables variables,
        List<Operand<TFloat32>> ofLoss,
        List<Operand<TFloat32>> ofAdapters,
        Optional<List<List<Operand<TFloat32>>>> byVariable) {
    static GateFactors build(Ops tf, List<DistillationTerm> terms, GateOutput gate, StepVariables variables) {
        var weights = terms.stream().map(DistillationTerm::weight).toList();
        var ofLoss = buildWeighted(tf, weights, gate.gates());
        var ofAdapters = gate.adapters() == gate.gates() ? ofLoss : buildWeighted(tf, weights, gate.adapters());
        var byVariable = gate.byVariable().map(gates -> buildByVariable(tf, weights, gates, variables.parameters()));
        return new GateFactors(variables, ofLoss, ofAdapters, byVariable);
    }

    Operand<TFloat32> factor(int loss, int variable) {
        if (variables.isAdapter(variable)) {
            return ofAdapters.get(loss);
        }
        return byVariable
                .filter(factors -> variables.isParameter(variable))
                .map(factors -> factors.get(loss).get(variable))
                .orElse(ofLoss.get(loss));
    }

    private static List<Operand<TFloat32>> buildWeighted(Ops tf, List<Float> weights, Operand<TFloat32> gates) {
        var factors = new ArrayList<Operand<TFloat32>>();
        for (int k = 0; k < weights.size(); k++) {
            var gate = tf.gather(gates, tf.constant(k), tf.constant(0));
            factors.add(tf.math.mul(gate, tf.constant(weights.get(k))));
        }
        return factors;
    }

    private static List<List<Operand<TFloat32>>> buildByVariable(
            Ops tf, List<Float> weights, Operand<TFloat32> gates, int parameters) {
        var factors = new ArrayList<List<Operand<TFloat32>>>();
        for (int k = 0; k < weights.size(); k++) {
            var ofLoss = new ArrayList<Operand<TFloat32>>();
            for (int v = 0; v < parameters; v++) {
                var gate = tf.gatherNd(gates, tf.constant(new int[] {k, v}));
                ofLoss.add(tf.math.mul(gate, tf.constant(weights.get(k))));
            }
            factors.add(ofLoss);
        }
        return factors;
    }
}
