package sckd.zoo;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableMap;
import java.util.regex.MatchResult;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The wide residual networks of Zagoruyko and Komodakis, "Wide Residual Networks", BMVC 2016, arXiv:1605.07146, without dropout, as Tian,
 * Krishnan and Isola, "Contrastive Representation Distillation", 2020, arXiv:1910.10699, compare them.
 *
 * <p>A 3×3 convolution with 16 filters, three stages of basic blocks with 16, 32 and 64 filters times the width (the second and third stage
 * begin with stride 2), batch norm and ReLU, the mean over each map, one dense layer. A block is batch norm, ReLU, 3×3 convolution, twice,
 * added to what comes in; where it changes the channels, what is added is a 1×1 convolution of what comes in after the first batch norm and
 * ReLU. No biases but the last. Initial kernels are He's by fan out, the classifier's PyTorch's, as in that paper's code.
 *
 * <p>Features: {@code stem}, each block's end ({@code stage1/block1}) and each stage's end ({@code stage1}), which are sums that no batch norm
 * or ReLU has followed yet, and {@code pooled}.
 *
 * @param blocks in each stage
 */
record WideResNet(int blocks, int width, int classes) implements Architecture {
    private static final int STAGES = 3;

    /** @param name of the form {@code wrn-DEPTH-WIDTH}, with depth, {@code 6 · blocks + 4}, and width as groups */
    static WideResNet ofName(MatchResult name, int classes) {
        int depth = Integer.parseInt(name.group(1));
        checkArgument(depth >= 10 && depth % 6 == 4, "depth is %s; expected 6n + 4, n at least 1", depth);
        return new WideResNet((depth - 4) / 6, Integer.parseInt(name.group(2)), classes);
    }

    @Override
    public int smallestSide() {
        return 4;
    }

    @Override
    public Network build(Ops tf, Layers layers, Operand<TFloat32> images) {
        var features = ImmutableMap.<String, Operand<TFloat32>>builder();
        var x = buildConvolution(tf.withSubScope("stem"), layers, images, 3, 16, 1);
        features.put("stem", x);
        for (int s = 1; s <= STAGES; s++) {
            var stage = "stage" + s;
            var stageTf = tf.withSubScope(stage);
            for (int b = 1; b <= blocks; b++) {
                int stride = s > 1 && b == 1 ? 2 : 1;
                x = buildBlock(stageTf.withSubScope("block" + b), layers, x, (8 << s) * width, stride);
                features.put(stage + "/block" + b, x);
            }
            x = Layers.end(stageTf, x);
            features.put(stage, x);
        }
        var activated = buildActivation(tf.withSubScope("activated"), layers, x);
        var pooled = Pooling.mean(tf.withSubScope("pooled"), activated);
        features.put("pooled", pooled);
        var logits = layers.classifier(tf.withSubScope("classifier"), pooled, classes, Init.UNIFORM_FAN_IN);
        return new Network(logits, features.build());
    }

    private static Operand<TFloat32> buildBlock(Ops tf, Layers layers, Operand<TFloat32> x, int filters, int stride) {
        var firstTf = tf.withSubScope("conv1");
        var activated = buildActivation(firstTf, layers, x);
        var first = buildConvolution(firstTf, layers, activated, 3, filters, stride);
        var secondTf = tf.withSubScope("conv2");
        var residual = buildConvolution(secondTf, layers, buildActivation(secondTf, layers, first), 3, filters, 1);
        // Decided by the channels alone, as in the published code: a stage that begins with stride 2 widens as well.
        boolean sameShape = x.shape().get(3) == filters;
        var shortcut =
                sameShape ? x : buildConvolution(tf.withSubScope("shortcut"), layers, activated, 1, filters, stride);
        return tf.math.add(residual, shortcut);
    }

    private static Operand<TFloat32> buildActivation(Ops tf, Layers layers, Operand<TFloat32> x) {
        return tf.nn.relu(layers.batchNorm(tf, x));
    }

    private static Operand<TFloat32> buildConvolution(
            Ops tf, Layers layers, Operand<TFloat32> x, int size, int filters, int stride) {
        return layers.conv(tf, x, new Convolution(size, filters, stride, Convolution.Bias.NONE, Init.HE_FAN_OUT));
    }
}
