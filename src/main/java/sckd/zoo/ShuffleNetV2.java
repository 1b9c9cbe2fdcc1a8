package sckd.zoo;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.regex.MatchResult;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The networks of Ma, Zhang, Zheng and Sun, "ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture Design", ECCV 2018,
 * arXiv:1807.11164, table 5.
 *
 * <p>A first convolution with 24 filters (for ImageNet 3×3 with stride 2 and a 3×3 max-pool with stride 2; for CIFAR 1×1 with stride 1, as
 * Tian, Krishnan and Isola, "Contrastive Representation Distillation", 2020, arXiv:1910.10699, have it), three stages of 4, 8 and 4 blocks, of
 * which each first one has stride 2, a 1×1 convolution, the mean over each map, one dense layer. A block leaves half of its channels as
 * they are and takes the other half through 1×1, 3×3 depthwise and 1×1 convolutions; where it has stride 2, both halves are made of all
 * channels, one by a 3×3 depthwise and a 1×1 convolution, the other as before. Then the channels of the halves are shuffled. Every
 * convolution is followed by batch norm, all but the depthwise ones by ReLU. No biases but the last. Initial kernels are PyTorch's, which both
 * published codes leave as they are.
 *
 * <p>Features: {@code stem} (before the max-pool), each block's end ({@code stage1/block1}), each stage's end ({@code stage1}, the last
 * block's), {@code head} (the last convolution) and {@code pooled}.
 *
 * @param filters of the stages
 * @param lastFilters of the last convolution
 */
record ShuffleNetV2(List<Integer> filters, int lastFilters, Form form, int classes) implements Architecture {
    private static final List<Integer> BLOCKS = List.of(4, 8, 4);
    private static final int HALVES = 2;
    private static final NormalizedConvolution CONVOLUTION =
            new NormalizedConvolution(Convolution.Bias.NONE, Init.UNIFORM_FAN_IN);

    ShuffleNetV2 {
        filters = List.copyOf(filters);
    }

    /** @param name with one of the published widths, or null for 1, and the suffix for ImageNet, or null, as groups */
    static ShuffleNetV2 ofName(MatchResult name, int classes) {
        var form = Form.ofSuffix(name.group(2));
        var width = name.group(1) == null ? "1" : name.group(1);
        return switch (width) {
            case "0.5" -> new ShuffleNetV2(List.of(48, 96, 192), 1024, form, classes);
            case "1" -> new ShuffleNetV2(List.of(116, 232, 464), 1024, form, classes);
            case "1.5" -> new ShuffleNetV2(List.of(176, 352, 704), 1024, form, classes);
            case "2" -> new ShuffleNetV2(List.of(244, 488, 976), 2048, form, classes);
            default -> throw new IllegalArgumentException("width is " + width + "; expected 0.5, 1, 1.5 or 2");
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
                ? CONVOLUTION.buildActivated(stemTf, layers, images, 1, 24, 1)
                : CONVOLUTION.buildActivated(stemTf, layers, images, 3, 24, 2);
        features.put("stem", x);
        x = form == Form.CIFAR ? x : Pooling.max3x3(stemTf.withSubScope("pool"), x);
        for (int s = 1; s <= BLOCKS.size(); s++) {
            var stage = "stage" + s;
            var stageTf = tf.withSubScope(stage);
            for (int b = 1; b <= BLOCKS.get(s - 1); b++) {
                var blockTf = stageTf.withSubScope("block" + b);
                int half = filters.get(s - 1) / HALVES;
                x = b == 1 ? buildFirstBlock(blockTf, layers, x, half) : buildBlock(blockTf, layers, x, half);
                features.put(stage + "/block" + b, x);
            }
            x = Layers.end(stageTf, x);
            features.put(stage, x);
        }
        x = CONVOLUTION.buildActivated(tf.withSubScope("head"), layers, x, 1, lastFilters, 1);
        features.put("head", x);
        x = Pooling.mean(tf.withSubScope("pooled"), x);
        features.put("pooled", x);
        return new Network(
                layers.classifier(tf.withSubScope("classifier"), x, classes, Init.UNIFORM_FAN_IN), features.build());
    }

    private static Operand<TFloat32> buildFirstBlock(Ops tf, Layers layers, Operand<TFloat32> x, int half) {
        var leftTf = tf.withSubScope("left");
        var depthwise = buildDepthwise(leftTf.withSubScope("depthwise"), layers, x, 2);
        var left = CONVOLUTION.buildActivated(leftTf.withSubScope("conv"), layers, depthwise, 1, half, 1);
        return join(tf, left, buildRight(tf.withSubScope("right"), layers, x, half, 2));
    }

    private static Operand<TFloat32> buildBlock(Ops tf, Layers layers, Operand<TFloat32> x, int half) {
        var halves = tf.split(tf.constant(3), x, (long) HALVES).output();
        return join(tf, halves.get(0), buildRight(tf.withSubScope("right"), layers, halves.get(1), half, 1));
    }

    private static Operand<TFloat32> buildRight(Ops tf, Layers layers, Operand<TFloat32> x, int half, int stride) {
        var first = CONVOLUTION.buildActivated(tf.withSubScope("conv1"), layers, x, 1, half, 1);
        var depthwise = buildDepthwise(tf.withSubScope("depthwise"), layers, first, stride);
        return CONVOLUTION.buildActivated(tf.withSubScope("conv2"), layers, depthwise, 1, half, 1);
    }

    private static Operand<TFloat32> join(Ops tf, Operand<TFloat32> left, Operand<TFloat32> right) {
        var joined = tf.concat(List.of(left, right), tf.constant(3));
        return ChannelShuffle.build(tf.withSubScope("shuffle"), joined, HALVES);
    }

    private static Operand<TFloat32> buildDepthwise(Ops tf, Layers layers, Operand<TFloat32> x, int stride) {
        return layers.batchNorm(tf, layers.depthwiseConv(tf, x, stride, Init.UNIFORM_FAN_IN));
    }
}
