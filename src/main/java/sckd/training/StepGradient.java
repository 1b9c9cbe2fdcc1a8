package sckd.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.autodiff.CombinedGradient;
import sckd.autodiff.Gradient;
import sckd.autodiff.GradientProducts;
import sckd.distillation.Adapter;
import sckd.distillation.LossOutput;
import sckd.graph.Variable;

/**
 * The direction of a step: {@code w_S·g_S + Σ γ_k α_k g_k} over the student's parameters θ, and {@code γ_k α_k ∂L_k} for the adapters of loss k.
 *
 * @param variables θ, then the adapters of every loss
 * @param gradients one for each variable
 * @param gates γ, {@code [losses]}
 * @param products what the gate was decided by; empty where no gate looks at gradients and one backward pass serves all losses
 */
record StepGradient(
        List<Variable> variables,
        List<Operand<TFloat32>> gradients,
        Operand<TFloat32> gates,
        Optional<GradientProducts> products) {

    static StepGradient build(Ops tf, TrainingTask task, List<Variable> parameters, StepLosses losses) {
        var variables = new ArrayList<>(parameters);
        losses.distillation().forEach(loss -> variables.addAll(trained(loss)));
        return task.gate().usesGradients() && !task.terms().isEmpty()
                ? buildSeparate(tf, task, parameters.size(), variables, losses)
                : buildJoint(tf, task, variables, losses);
    }

    /** The method's algorithm: each loss its own gradient, their products over θ, the mask, the combined gradient. */
    private static StepGradient buildSeparate(
            Ops tf, TrainingTask task, int parameters, List<Variable> variables, StepLosses losses) {
        var values = values(variables);
        var supervised = Gradient.build(tf.withSubScope("gradient-supervised"), losses.supervised(), values);
        var gradients = new ArrayList<Gradient>();
        for (int k = 0; k < task.terms().size(); k++) {
            var scope = tf.withSubScope("gradient-" + task.terms().get(k).name());
            gradients.add(Gradient.build(scope, losses.distillation().get(k).loss(), values));
        }
        // Where several workers see a part of the batch each, their gradients are summed here, before a gate sees them.
        // Adapters have no supervised gradient and stay out of the products.
        var products = GradientProducts.build(
                tf.withSubScope("products"),
                supervised.first(parameters),
                gradients.stream().map(gradient -> gradient.first(parameters)).toList());
        var gates = task.gate().build(tf.withSubScope("gate"), products);
        var combined = CombinedGradient.build(
                tf.withSubScope("combine"),
                values,
                supervised,
                task.supervisedWeight(),
                gradients,
                weights(task),
                gates);
        return new StepGradient(variables, combined, gates, Optional.of(products));
    }

    /** For gates that are open whatever the gradients: one backward pass of the weighted sum. */
    private static StepGradient buildJoint(Ops tf, TrainingTask task, List<Variable> variables, StepLosses losses) {
        var values = values(variables);
        var weights = weights(task);
        Operand<TFloat32> sum = tf.math.mul(tf.constant(task.supervisedWeight()), losses.supervised());
        var gates = new float[weights.size()];
        for (int k = 0; k < weights.size(); k++) {
            gates[k] = 1;
            sum = tf.math.add(
                    sum,
                    tf.math.mul(
                            tf.constant(weights.get(k)),
                            losses.distillation().get(k).loss()));
        }
        var gradient = Gradient.build(tf.withSubScope("gradient"), sum, values);
        return new StepGradient(variables, gradient.buildDense(tf, values), tf.constant(gates), Optional.empty());
    }

    private static List<Variable> trained(LossOutput loss) {
        return loss.adapters().stream()
                .filter(Adapter::trainable)
                .map(Adapter::variable)
                .toList();
    }

    private static List<Operand<TFloat32>> values(List<Variable> variables) {
        return variables.stream().map(Variable::value).toList();
    }

    private static List<Float> weights(TrainingTask task) {
        return task.terms().stream().map(term -> term.weight()).toList();
    }
}
