package sckd.zoo;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.regex.MatchResult;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The network with three groups of Zhang, Zhou, Lin and Sun, "ShuffleNet: An Extremely Efficient Convolutional Neural Network for Mobile
 * Devices", CVPR 2018, arXiv:1707.01083, table 1: the paper's form for ImageNet, the form for CIFAR that Tian, Krishnan and Isola, "Contrastive
 * Representation Distillation", 2020, arXiv:1910.10699, compare.
 *
 * <p>A first convolution with 24 filters (for ImageNet 3×3 with stride 2 and a 3×3 max-pool with stride 2, for CIFAR 1×1 with stride 1), three
 * stages of 4, 8 and 4 blocks with 240, 480 and 960 filters, of which each first one has stride 2, the mean over each map, one dense layer. A
 * block is a 1×1 convolution to a quarter of its filters, ReLU, a shuffle of the channels, a 3×3 depthwise convolution and a 1×1 one, each
 * with batch norm; the 1×1 ones have three groups, but for the very first. What comes in is added, or where the stride is 2, its 3×3 mean is
 * put beside what the block makes, which then has as many filters less; ReLU. The form for CIFAR has another ReLU after the depthwise
 * convolution, and its quarter is that of the filters that the block itself makes. No biases but the last. Initial kernels are PyTorch's,
 * which the published code leaves as they are.
 *
 * <p>Features: {@code stem} (before the max-pool), each block's end ({@code stage1/block1}), each stage's end ({@code stage1}, the last
 * block's), all after their ReLU, and {@code pooled}.
 */
record ShuffleNetV1(Form form, int classes) implements Architecture {
    private static final int GROUPS = 3;
    private static final int STEM_FILTERS = 24;
    private static final List<Integer> BLOCKS = List.of(4, 8, 4);
    private static final NormalizedConvolution CONVOLUTION =
            new NormalizedConvolution(Convolution.Bias.NONE, Init.UNIFORM_FAN_IN);

    /** @param name with the suffix for ImageNet, or null, as its group */
    static ShuffleNetV1 ofName(MatchResult name, int classes) {
        return new ShuffleNetV1(Form.ofSuffix(name.group(1)), classes);
    }

    @Override
    public int smallestSide() {
        return form == Form.CIFAR ? 8 : 32;
    }

    @Override
    public Network build(Ops tf, Layers layers, Operand<TFloat32> images) {
        var features = ImmutableMap.<String, Operand<TFloat32>>builder();
        var stemTf = tf.withSubScope("stem");
        var x = form == Form.CIFAR
                ? CONVOLUTION.buildActivated(stemTf, layers, images, 1, STEM_FILTERS, 1)
                : CONVOLUTION.buildActivated(stemTf, layers, images, 3, STEM_FILTERS, 2);
        features.put("stem", x);
        x = form == Form.CIFAR ? x : Pooling.max3x3(stemTf.withSubScope("pool"), x);
        for (int s = 1; s <= BLOCKS.size(); s++) {
            var stage = "stage" + s;
            var stageTf = tf.withSubScope(stage);
            for (int b = 1; b <= BLOCKS.get(s - 1); b++) {
                x = buildBlock(stageTf.withSubScope("block" + b), layers, x, 120 << s, b == 1 ? 2 : 1);
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
        int channels = Math.toIntExact(x.shape().get(3));
        int made = stride == 1 ? filters : filters - channels;
        int narrow = (form == Form.CIFAR ? made : filters) / 4;
        var narrowed = buildNarrowed(tf, layers, x, narrow);
        var depthwise = buildDepthwise(tf.withSubScope("depthwise"), layers, narrowed, stride);
        var widenedTf = tf.withSubScope("conv2");
        var widened = layers.batchNorm(
                widenedTf, layers.groupedConv(widenedTf, depthwise, made, GROUPS, Init.UNIFORM_FAN_IN));
        return tf.nn.relu(
                stride == 1
                        ? tf.math.add(widened, x)
                        : tf.concat(List.of(widened, Pooling.mean3x3(tf.withSubScope("shortcut"), x)), tf.constant(3)));
    }

    private Operand<TFloat32> buildDepthwise(Ops tf, Layers layers, Operand<TFloat32> x, int stride) {
        var normalized = layers.batchNorm(tf, layers.depthwiseConv(tf, x, stride, Init.UNIFORM_FAN_IN));
        return form == Form.CIFAR ? tf.nn.relu(normalized) : normalized;
    }

    /** The few channels of the first convolution are not parted, so there is nothing to shuffle. */
    private static Operand<TFloat32> buildNarrowed(Ops tf, Layers layers, Operand<TFloat32> x, int filters) {
        var convTf = tf.withSubScope("conv1");
        if (x.shape().get(3) == STEM_FILTERS) {
            return CONVOLUTION.buildActivated(convTf, layers, x, 1, filters, 1);
        }
        var grouped = layers.groupedConv(convTf, x, filters, GROUPS, Init.UNIFORM_FAN_IN);
        var activated = convTf.nn.relu(layers.batchNorm(convTf, grouped));
        return ChannelShuffle.build(tf.withSubScope("shuffle"), activated, GROUPS);
    }
}
