package sckd.zoo;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.regex.MatchResult;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The residual networks with four stages of He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", 2016, arXiv:1512.03385,
 * table 1.
 *
 * <p>A first convolution with 64 filters (for ImageNet 7×7 with stride 2 and a 3×3 max-pool with stride 2, for CIFAR 3×3 with stride 1), four
 * stages of blocks with 64 to 512 filters (all but the first begin with stride 2), the mean over each map, one dense layer. A block is two 3×3
 * convolutions (18 and 34), or 1×1, 3×3 and a 1×1 with four times the filters (50, 101 and 152), whose 3×3 has the stride: so have the networks
 * of PyTorch, He et al.'s first 1×1 has it. No biases but the last; every convolution is followed by batch norm. Where a block changes the
 * shape, its shortcut is a 1×1 convolution with batch norm. Initial kernels are He's by fan out, the classifier's PyTorch's, as in its code.
 *
 * <p>Features: {@code stem} (before the max-pool), each block's end ({@code stage1/block1}), each stage's end ({@code stage1}, the last
 * block's), all after their ReLU, and {@code pooled}.
 *
 * @param blocks in each stage
 */
record ResNet(Block block, List<Integer> blocks, Form form, int classes) implements Architecture {
    private static final NormalizedConvolution CONVOLUTION =
            new NormalizedConvolution(Convolution.Bias.NONE, Init.HE_FAN_OUT);

    ResNet {
        blocks = List.copyOf(blocks);
    }

    /** @param name with the depth, and the suffix for ImageNet or null, as groups */
    static ResNet ofName(MatchResult name, int classes) {
        var form = Form.ofSuffix(name.group(2));
        return switch (name.group(1)) {
            case "18" -> new ResNet(Block.BASIC, List.of(2, 2, 2, 2), form, classes);
            case "34" -> new ResNet(Block.BASIC, List.of(3, 4, 6, 3), form, classes);
            case "50" -> new ResNet(Block.BOTTLENECK, List.of(3, 4, 6, 3), form, classes);
            case "101" -> new ResNet(Block.BOTTLENECK, List.of(3, 4, 23, 3), form, classes);
            case "152" -> new ResNet(Block.BOTTLENECK, List.of(3, 8, 36, 3), form, classes);
            default ->
                throw new IllegalArgumentException("depth is " + name.group(1) + "; expected 18, 34, 50, 101 or 152");
        };
    }

    @Override
    public int smallestSide() {
        return form == Form.CIFAR ? 8 : 32;
    }

    @Override
    public Network build(Ops tf, Layers layers, Operand<TFloat32> images) {
        var features = ImmutableMap.<String, Operand<TFloat32>>builder();
        var stemTf = tf.withSubScope("stem");
        Operand<TFloat32> x = form == Form.CIFAR
                ? CONVOLUTION.buildActivated(stemTf, layers, images, 3, 64, 1)
                : CONVOLUTION.buildActivated(stemTf, layers, images, 7, 64, 2);
        features.put("stem", x);
        x = form == Form.CIFAR ? x : Pooling.max3x3(stemTf.withSubScope("pool"), x);
        for (int s = 1; s <= blocks.size(); s++) {
            var stage = "stage" + s;
            var stageTf = tf.withSubScope(stage);
            for (int b = 1; b <= blocks.get(s - 1); b++) {
                int stride = s > 1 && b == 1 ? 2 : 1;
                x = buildBlock(stageTf.withSubScope("block" + b), layers, x, 32 << s, stride);
                features.put(stage + "/block" + b, x);
            }
            x = Layers.end(stageTf, x);
            features.put(stage, x);
        }
        x = Pooling.mean(tf.withSubScope("pooled"), x);
        features.put("pooled", x);
        return new Network(
                layers.classifier(tf.withSubScope("classifier"), x, classes, Init.UNIFORM_FAN_IN), features.build());
    }

    private Operand<TFloat32> buildBlock(Ops tf, Layers layers, Operand<TFloat32> x, int filters, int stride) {
        var residual = block.build(tf, layers, x, filters, stride);
        long widened = residual.shape().get(3);
        boolean sameShape = stride == 1 && x.shape().get(3) == widened;
        var shortcut =
                sameShape ? x : CONVOLUTION.build(tf.withSubScope("shortcut"), layers, x, 1, (int) widened, stride);
        return tf.nn.relu(tf.math.add(residual, shortcut));
    }

    /** What a block adds to its input. */
    enum Block {
        BASIC {
            @Override
            Operand<TFloat32> build(Ops tf, Layers layers, Operand<TFloat32> x, int filters, int stride) {
                var first = CONVOLUTION.buildActivated(tf.withSubScope("conv1"), layers, x, 3, filters, stride);
                return CONVOLUTION.build(tf.withSubScope("conv2"), layers, first, 3, filters, 1);
            }
        },

        BOTTLENECK {
            @Override
            Operand<TFloat32> build(Ops tf, Layers layers, Operand<TFloat32> x, int filters, int stride) {
                var narrow = CONVOLUTION.buildActivated(tf.withSubScope("conv1"), layers, x, 1, filters, 1);
                var middle = CONVOLUTION.buildActivated(tf.withSubScope("conv2"), layers, narrow, 3, filters, stride);
                return CONVOLUTION.build(tf.withSubScope("conv3"), layers, middle, 1, 4 * filters, 1);
            }
        };

        abstract Operand<TFloat32> build(Ops tf, Layers layers, Operand<TFloat32> x, int filters, int stride);
    }
}
