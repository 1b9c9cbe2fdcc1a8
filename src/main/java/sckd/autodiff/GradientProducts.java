package sckd.autodiff;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * What a gate knows of the gradients of one step, all of θ as one vector; how it was computed stays here.
 *
 * <p>Products are float32: a gradient whose norm is below about 1e-19 or above about 1.8e19 has a squared norm of 0 or infinity.
 *
 * @param dots {@code ⟨g_S, g_k⟩}, {@code [losses]}
 * @param supervisedSquaredNorm {@code ‖g_S‖²}, scalar
 * @param squaredNorms {@code ‖g_k‖²}, {@code [losses]}
 */
public record GradientProducts(
        Operand<TFloat32> dots, Operand<TFloat32> supervisedSquaredNorm, Operand<TFloat32> squaredNorms) {
    /** Accumulates the products per variable; no concatenated vector is made. TensorFlow prunes those that nothing asks for. */
    public static GradientProducts build(Ops tf, Gradient supervised, List<Gradient> losses) {
        var dots = losses.stream()
                .map(loss -> buildDot(tf.withSubScope("dot"), supervised, loss))
                .toList();
        var squaredNorms = losses.stream()
                .map(loss -> buildSquaredNorm(tf.withSubScope("squared-norm"), loss))
                .toList();
        return new GradientProducts(
                buildVector(tf, dots),
                buildSquaredNorm(tf.withSubScope("supervised-squared-norm"), supervised),
                buildVector(tf, squaredNorms));
    }

    /**
     * {@code cos_k = ⟨g_S, g_k⟩ / (‖g_S‖ ‖g_k‖)}, {@code [losses]}; 0 where a squared norm is 0 or infinite, never NaN for finite gradients. A
     * NaN in a gradient makes its cosine NaN.
     */
    public Operand<TFloat32> buildCosines(Ops tf) {
        // A root each: the product of two squared norms leaves float32's range long before they do.
        var norms = tf.math.mul(tf.math.sqrt(supervisedSquaredNorm), tf.math.sqrt(squaredNorms));
        var useless = tf.math.logicalOr(buildDegenerate(tf, supervisedSquaredNorm), buildDegenerate(tf, squaredNorms));
        return tf.select(useless, tf.zerosLike(norms), tf.math.div(dots, norms));
    }

    private static Operand<TBool> buildDegenerate(Ops tf, Operand<TFloat32> squaredNorm) {
        return tf.math.logicalOr(tf.math.equal(squaredNorm, tf.constant(0f)), tf.math.isInf(squaredNorm));
    }

    private static Operand<TFloat32> buildDot(Ops tf, Gradient left, Gradient right) {
        var terms = new ArrayList<Operand<TFloat32>>();
        for (int v = 0; v < left.components().size(); v++) {
            var leftComponent = left.components().get(v);
            var rightComponent = right.components().get(v);
            if (leftComponent.isPresent() && rightComponent.isPresent()) {
                // Not a matrix product: on a GPU that may round its factors to ten bits.
                var products = tf.math.mul(leftComponent.get(), rightComponent.get());
                terms.add(tf.reduceSum(tf.reshape(products, tf.array(-1)), tf.constant(0)));
            }
        }
        return buildSum(tf, terms);
    }

    private static Operand<TFloat32> buildSquaredNorm(Ops tf, Gradient gradient) {
        var halves = gradient.components().stream()
                .flatMap(Optional::stream)
                .<Operand<TFloat32>>map(component -> tf.nn.l2Loss(component))
                .toList();
        return tf.math.mul(tf.constant(2f), buildSum(tf, halves));
    }

    /** Not AddN: it begins with an input whose buffer nobody else holds at that moment, so its rounding depends on time. */
    private static Operand<TFloat32> buildSum(Ops tf, List<Operand<TFloat32>> scalars) {
        return scalars.isEmpty() ? tf.constant(0f) : tf.reduceSum(tf.stack(scalars), tf.constant(0));
    }

    private static Operand<TFloat32> buildVector(Ops tf, List<Operand<TFloat32>> scalars) {
        return scalars.isEmpty() ? tf.constant(new float[0]) : tf.stack(scalars);
    }
}
