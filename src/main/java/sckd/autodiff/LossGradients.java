package sckd.autodiff;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TFloat32;

/**
 * The gradients of a step over θ, each loss its own.
 *
 * @param supervised g_S
 * @param losses g_k
 * @param products of them, all of θ as one vector
 */
public record LossGradients(Gradient supervised, List<Gradient> losses, GradientProducts products) {
    public LossGradients {
        losses = List.copyOf(losses);
    }

    /** Adds the products. */
    public static LossGradients build(Ops tf, Gradient supervised, List<Gradient> losses) {
        return new LossGradients(supervised, losses, GradientProducts.build(tf, supervised, losses));
    }

    /** The cosine of g_S and {@code Σ_k α_k g_k}, {@code [1]}; see {@link GradientProducts#buildCosines}. */
    public Operand<TFloat32> buildCosineOfSum(Ops tf, List<Float> weights) {
        var sum = Gradient.buildSum(tf, losses, weights);
        return GradientProducts.build(tf, supervised, List.of(sum)).buildCosines(tf);
    }

    /**
     * The products over each variable v alone: {@code ⟨g_S, g_k⟩} and {@code ‖g_k‖²} are {@code [losses, variables]}, {@code ‖g_S‖²} is
     * {@code [variables]}, the cosines that are built of them {@code [losses, variables]}.
     */
    public GradientProducts buildProductsByVariable(Ops tf) {
        var dots = new ArrayList<Operand<TFloat32>>();
        var supervisedSquaredNorms = new ArrayList<Operand<TFloat32>>();
        var squaredNorms = new ArrayList<Operand<TFloat32>>();
        for (int v = 0; v < supervised.components().size(); v++) {
            int variable = v;
            var parts = losses.stream().map(loss -> loss.only(variable)).toList();
            var ofVariable = GradientProducts.build(tf, supervised.only(variable), parts);
            dots.add(ofVariable.dots());
            supervisedSquaredNorms.add(ofVariable.supervisedSquaredNorm());
            squaredNorms.add(ofVariable.squaredNorms());
        }
        return new GradientProducts(
                tf.stack(dots, Stack.axis(1L)),
                tf.stack(supervisedSquaredNorms),
                tf.stack(squaredNorms, Stack.axis(1L)));
    }
}
