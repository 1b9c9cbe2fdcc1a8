package sckd.zoo;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.regex.MatchResult;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The residual networks for 32×32 images of He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", 2016, arXiv:1512.03385, §4.2,
 * in the form in which Tian, Krishnan and Isola, "Contrastive Representation Distillation", 2020, arXiv:1910.10699, and those after them compare
 * methods of distillation.
 *
 * <p>A 3×3 convolution, three stages of basic blocks (two 3×3 convolutions; the second and third stage begin with stride 2), the mean over each
 * map, one dense layer. No biases but the last; every convolution is followed by batch norm. Where a block changes the shape, its shortcut is a
 * 1×1 convolution with batch norm; He et al. have a shortcut without parameters there, so their counts are smaller (10 classes: resnet20
 * 269,722 for 272,474 here). Initial kernels are He's by fan out.
 *
 * <p>Features: {@code stem}, each block's end ({@code stage1/block1}), each stage's end ({@code stage1}, the last block's), all after their
 * ReLU, and {@code pooled}.
 *
 * @param blocks in each stage
 * @param filters of the first convolution and of the three stages
 */
record CifarResNet(int blocks, List<Integer> filters, int classes) implements Architecture {
    private static final List<Integer> NARROW = List.of(16, 16, 32, 64);
    private static final List<Integer> FOURFOLD = List.of(32, 64, 128, 256);
    private static final NormalizedConvolution CONVOLUTION =
            new NormalizedConvolution(Convolution.Bias.NONE, Init.HE_FAN_OUT);

    CifarResNet {
        filters = List.copyOf(filters);
        checkArgument(filters.size() == 4, "filters are %s; expected four: first convolution, three stages", filters);
    }

    /** @param name with depth, the layers with weights on the main path, {@code 6 · blocks + 2}, and {@code x4} or null as groups */
    static CifarResNet ofName(MatchResult name, int classes) {
        int depth = Integer.parseInt(name.group(1));
        checkArgument(depth >= 8 && depth % 6 == 2, "depth is %s; expected 6n + 2, n at least 1", depth);
        return new CifarResNet((depth - 2) / 6, name.group(2) == null ? NARROW : FOURFOLD, classes);
    }

    /** Stages two and three halve the size. */
    @Override
    public int smallestSide() {
        return 4;
    }

    @Override
    public Network build(Ops tf, Layers layers, Operand<TFloat32> images) {
        var features = ImmutableMap.<String, Operand<TFloat32>>builder();
        Operand<TFloat32> x = CONVOLUTION.buildActivated(tf.withSubScope("stem"), layers, images, 3, filters.get(0), 1);
        features.put("stem", x);
        for (int s = 1; s < filters.size(); s++) {
            var stage = "stage" + s;
            var stageTf = tf.withSubScope(stage);
            for (int b = 1; b <= blocks; b++) {
                int stride = s > 1 && b == 1 ? 2 : 1;
                x = buildBlock(stageTf.withSubScope("block" + b), layers, x, filters.get(s), stride);
                features.put(stage + "/block" + b, x);
            }
            x = Layers.end(stageTf, x);
            features.put(stage, x);
        }
        x = Pooling.mean(tf.withSubScope("pooled"), x);
        features.put("pooled", x);
        return new Network(layers.classifier(tf.withSubScope("classifier"), x, classes), features.build());
    }

    private static Operand<TFloat32> buildBlock(Ops tf, Layers layers, Operand<TFloat32> x, int filters, int stride) {
        var first = CONVOLUTION.buildActivated(tf.withSubScope("conv1"), layers, x, 3, filters, stride);
        var residual = CONVOLUTION.build(tf.withSubScope("conv2"), layers, first, 3, filters, 1);
        boolean sameShape = stride == 1 && x.shape().get(3) == filters;
        var shortcut = sameShape ? x : CONVOLUTION.build(tf.withSubScope("shortcut"), layers, x, 1, filters, stride);
        return tf.nn.relu(tf.math.add(residual, shortcut));
    }
}
