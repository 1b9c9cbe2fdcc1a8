package sckd.autodiff;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.UserException;
import sckd.graph.TensorFlowReason;

/**
 * ∇θ of one loss, a component for each variable of θ in order; empty where the loss does not depend on the variable, which stands for zeros.
 */
public record Gradient(List<Optional<Operand<TFloat32>>> components) {
    public Gradient {
        components = List.copyOf(components);
    }

    /**
     * Adds the backward pass of {@code loss} to {@code values} (the variables' reads). Reaches only what lies between them: neither what is
     * behind {@code stopGradient} nor branches without a variable get an op.
     *
     * @param loss scalar
     * @throws UserException if an op on the way has no gradient: names op kind and node
     */
    public static Gradient build(Ops tf, Operand<TFloat32> loss, List<Operand<TFloat32>> values) {
        var path = BackwardPath.find(loss.asOutput());
        var outputs = values.stream().map(Operand::asOutput).toList();
        // addGradients throws for a variable that the loss does not depend on.
        var reached = outputs.stream().filter(path::reaches).toList();
        path.checkDifferentiable(reached);
        var gradients = addGradients(tf, loss.asOutput(), reached).iterator();
        var components = new ArrayList<Optional<Operand<TFloat32>>>();
        for (var output : outputs) {
            components.add(path.reaches(output) ? gradients.next() : Optional.empty());
        }
        return new Gradient(components);
    }

    private static List<Optional<Operand<TFloat32>>> addGradients(
            Ops tf, Output<TFloat32> loss, List<Output<TFloat32>> reached) {
        if (reached.isEmpty()) {
            return List.of();
        }
        var graph = (Graph) tf.scope().env();
        var prefix = tf.scope().makeOpName("backward");
        try {
            var outputs = graph.addGradients(prefix, new Output<?>[] {loss}, reached.toArray(Output<?>[]::new), null);
            return Arrays.stream(outputs).map(Gradient::present).toList();
        } catch (RuntimeException e) {
            throw new UserException(
                    "no gradient of '" + loss.op().name() + "': " + TensorFlowReason.ofRefusal(e)
                            + "; use a model without that op",
                    e);
        }
    }

    /** TensorFlow answers with an output without an op where every way to the variable leads through ops such as Floor. */
    private static Optional<Operand<TFloat32>> present(Output<?> gradient) {
        return gradient == null || gradient.isClosed()
                ? Optional.empty()
                : Optional.of(gradient.expect(TFloat32.class));
    }

    /** The components of the first variables only. */
    public Gradient first(int variables) {
        return new Gradient(components.subList(0, variables));
    }

    /** The component of one variable only. */
    Gradient only(int variable) {
        return new Gradient(components.subList(variable, variable + 1));
    }

    /**
     * {@code Σ_k α_k g_k}.
     *
     * @param weights α, one for each gradient
     */
    static Gradient buildSum(Ops tf, List<Gradient> gradients, List<Float> weights) {
        var sums = new ArrayList<Optional<Operand<TFloat32>>>();
        for (int v = 0; v < gradients.get(0).components.size(); v++) {
            var terms = new ArrayList<Operand<TFloat32>>();
            for (int k = 0; k < gradients.size(); k++) {
                var weight = tf.constant(weights.get(k));
                gradients.get(k).components.get(v).ifPresent(part -> terms.add(tf.math.mul(weight, part)));
            }
            sums.add(terms.isEmpty() ? Optional.empty() : Optional.of(tf.math.addN(terms)));
        }
        return new Gradient(sums);
    }

    /** Every component as a tensor: zeros like the variable's value where the loss does not depend on it. */
    public List<Operand<TFloat32>> buildDense(Ops tf, List<Operand<TFloat32>> values) {
        checkArgument(
                values.size() == components.size(),
                "%s values; expected one for each of the gradient's %s components",
                values.size(),
                components.size());
        var dense = new ArrayList<Operand<TFloat32>>();
        for (int v = 0; v < values.size(); v++) {
            var component = components.get(v);
            dense.add(component.isPresent() ? component.get() : tf.zerosLike(values.get(v)));
        }
        return dense;
    }
}
