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
import sckd.autodiff.LossGradients;
import sckd.distillation.Gate;
import sckd.distillation.GateOutput;
import sckd.distillation.OpenGate;
import sckd.graph.Variable;

/**
 * The direction of a step: {@code w_S·g_S + Σ γ_k α_k g_k} over the student's parameters θ, the same for the variables of its heads, and {@code γ_k α_k ∂L_k} for
 * the adapters of loss k. The gate looks at θ alone.
 *
 * @param variables θ, then those of heads, then the adapters of every loss
 * @param gradients one for each variable
 * @param gate what it decided
 * @param products what the gate was decided by; empty where no gate looks at gradients and one backward pass serves all losses
 */
record StepGradient(
        List<Variable> variables,
        List<Operand<TFloat32>> gradients,
        GateOutput gate,
        Optional<GradientProducts> products) {

    static StepGradient build(Ops tf, TrainingTask task, StepModels models, StepLosses losses, StepClock clock) {
        var variables = StepVariables.of(models, losses);
        return task.gate().usesGradients() && !task.terms().isEmpty()
                ? buildSeparate(tf, task, variables, losses, clock)
                : buildJoint(tf, task, variables, losses, clock);
    }

    /** The method's algorithm: each loss its own gradient, their products over θ, the mask, the combined gradient. */
    private static StepGradient buildSeparate(
            Ops tf, TrainingTask task, StepVariables variables, StepLosses losses, StepClock clock) {
        var values = values(variables.all());
        int parameters = variables.parameters();
        var supervised = Gradient.build(tf.withSubScope("gradient-supervised"), losses.supervised(), values);
        var gradients = new ArrayList<Gradient>();
        for (int k = 0; k < task.terms().size(); k++) {
            var scope = tf.withSubScope("gradient-" + task.terms().get(k).name());
            gradients.add(Gradient.build(scope, losses.distillation().get(k).loss(), values));
        }
        // Where several workers see a part of the batch each, their gradients are summed here, before a gate sees them.
        // Adapters have no supervised gradient, heads are no part of θ: both stay out of the products.
        var overParameters = LossGradients.build(
                tf.withSubScope("products"),
                supervised.first(parameters),
                gradients.stream().map(gradient -> gradient.first(parameters)).toList());
        var gate = task.gate().build(tf.withSubScope("gate"), clock.gateInputs(task, Optional.of(overParameters)));
        var combine = tf.withSubScope("combine");
        var weight = combine.constant(task.supervisedWeight());
        var ofParameters = shifted(combine, weight, gate);
        var combined = CombinedGradient.build(
                combine,
                values,
                supervised,
                variable -> variables.isParameter(variable) ? ofParameters : weight,
                gradients,
                GateFactors.build(combine, task.terms(), gate, variables)::factor);
        return new StepGradient(variables.all(), combined, gate, Optional.of(overParameters.products()));
    }

    /** A gate's shift of w_S is a matter of θ. */
    private static Operand<TFloat32> shifted(Ops tf, Operand<TFloat32> weight, GateOutput gate) {
        return gate.supervisedShift().isPresent()
                ? tf.math.add(weight, gate.supervisedShift().get())
                : weight;
    }

    /** For gates that do not look at gradients: one backward pass of the weighted sum. */
    private static StepGradient buildJoint(
            Ops tf, TrainingTask task, StepVariables variables, StepLosses losses, StepClock clock) {
        var values = values(variables.all());
        Gate ungated = task.terms().isEmpty() ? new OpenGate(false) : task.gate();
        var gate = ungated.build(tf.withSubScope("gate"), clock.gateInputs(task, Optional.empty()));
        var factors = GateFactors.build(tf, task.terms(), gate, variables);
        Operand<TFloat32> sum = tf.math.mul(tf.constant(task.supervisedWeight()), losses.supervised());
        for (int k = 0; k < task.terms().size(); k++) {
            var loss = losses.distillation().get(k).loss();
            sum = tf.math.add(sum, tf.math.mul(factors.ofLoss().get(k), loss));
        }
        var gradient = Gradient.build(tf.withSubScope("gradient"), sum, values);
        return new StepGradient(variables.all(), gradient.buildDense(tf, values), gate, Optional.empty());
    }

    private static List<Operand<TFloat32>> values(List<Variable> variables) {
        return variables.stream().map(Variable::value).toList();
    }
}
