package sckd.zoo;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.regex.MatchResult;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The networks of Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", CVPR 2018, arXiv:1801.04381, table 2: the form for
 * ImageNet as PyTorch has it, the form for CIFAR that Tian, Krishnan and Isola, "Contrastive Representation Distillation", 2020,
 * arXiv:1910.10699, compare.
 *
 * <p>A 3×3 convolution with stride 2, 17 blocks, a 1×1 convolution, the mean over each map, one dense layer. A block is a 1×1 convolution to
 * six times the channels, a 3×3 depthwise one and a 1×1 one to the block's filters, each with batch norm, the first two with an activation,
 * added to what comes in where the shape is the same. What differs:
 *
 * <table>
 * <caption>The two forms</caption>
 * <tr><th></th><th>CIFAR</th><th>ImageNet</th></tr>
 * <tr><td>activation</td><td>ReLU</td><td>ReLU up to 6</td></tr>
 * <tr><td>stride of the blocks with 24 filters</td><td>1</td><td>2</td></tr>
 * <tr><td>first block, which expands nothing</td><td>has a 1×1 convolution before</td><td>has none</td></tr>
 * <tr><td>filters times width</td><td>rounded down</td><td>to the nearest multiple of 8, and not below 90 %</td></tr>
 * <tr><td>width of the plain name</td><td>½</td><td>1</td></tr>
 * </table>
 *
 * <p>No biases but the last. Initial kernels are He's by fan out, the classifier's have deviation 0.01, as in both codes. PyTorch's dropout
 * before the classifier is left out: the program is for inference.
 *
 * <p>Features: {@code stem}, each block's end ({@code stage1/block1}) and each stage's end, both without an activation, {@code head} (the last
 * convolution) and {@code pooled}. Stages end where the compared systems take features: with 24, 32, 96 and 320 filters times the width.
 */
record MobileNetV2(double width, Form form, int classes) implements Architecture {
    private static final int LAST_FILTERS = 1280;
    private static final NormalizedConvolution CONVOLUTION =
            new NormalizedConvolution(Convolution.Bias.NONE, Init.HE_FAN_OUT);

    /** Blocks of one width. */
    private record Run(int expansion, int filters, int blocks, int stride) {}

    private static final List<List<Run>> STAGES = List.of(
            List.of(new Run(1, 16, 1, 1), new Run(6, 24, 2, 2)),
            List.of(new Run(6, 32, 3, 2)),
            List.of(new Run(6, 64, 4, 2), new Run(6, 96, 3, 1)),
            List.of(new Run(6, 160, 3, 2), new Run(6, 320, 1, 1)));

    MobileNetV2 {
        checkArgument(width >= 0.1 && width <= 4, "width is %s; expected 0.1 to 4", width);
    }

    /** @param name with the width, or null, and the suffix for ImageNet, or null, as groups */
    static MobileNetV2 ofName(MatchResult name, int classes) {
        var form = Form.ofSuffix(name.group(2));
        double usual = form == Form.CIFAR ? 0.5 : 1;
        double width = name.group(1) == null ? usual : Double.parseDouble(name.group(1));
        return new MobileNetV2(width, form, classes);
    }

    @Override
    public int smallestSide() {
        return form == Form.CIFAR ? 16 : 32;
    }

    @Override
    public Network build(Ops tf, Layers layers, Operand<TFloat32> images) {
        var features = ImmutableMap.<String, Operand<TFloat32>>builder();
        var x = buildActivated(tf.withSubScope("stem"), layers, images, 3, filters(32), 2);
        features.put("stem", x);
        for (int s = 1; s <= STAGES.size(); s++) {
            var stage = "stage" + s;
            var stageTf = tf.withSubScope(stage);
            int block = 0;
            for (var run : STAGES.get(s - 1)) {
                for (int b = 0; b < run.blocks(); b++) {
                    block++;
                    x = buildBlock(stageTf.withSubScope("block" + block), layers, x, run, b == 0 ? stride(run) : 1);
                    features.put(stage + "/block" + block, x);
                }
            }
            x = Layers.end(stageTf, x);
            features.put(stage, x);
        }
        x = buildActivated(tf.withSubScope("head"), layers, x, 1, lastFilters(), 1);
        features.put("head", x);
        x = Pooling.mean(tf.withSubScope("pooled"), x);
        features.put("pooled", x);
        return new Network(
                layers.classifier(tf.withSubScope("classifier"), x, classes, Init.NORMAL_SMALL), features.build());
    }

    private Operand<TFloat32> buildBlock(Ops tf, Layers layers, Operand<TFloat32> x, Run run, int stride) {
        int channels = Math.toIntExact(x.shape().get(3));
        boolean expands = run.expansion() > 1 || form == Form.CIFAR;
        var expanded =
                expands ? buildActivated(tf.withSubScope("expand"), layers, x, 1, run.expansion() * channels, 1) : x;
        var depthwiseTf = tf.withSubScope("depthwise");
        var depthwise = layers.depthwiseConv(depthwiseTf, expanded, stride, Init.HE_FAN_OUT);
        var middle = activate(depthwiseTf, layers.batchNorm(depthwiseTf, depthwise));
        int filters = filters(run.filters());
        var projected = CONVOLUTION.build(tf.withSubScope("project"), layers, middle, 1, filters, 1);
        return stride == 1 && channels == filters ? tf.math.add(x, projected) : projected;
    }

    private int stride(Run run) {
        return form == Form.CIFAR && run.filters() == 24 ? 1 : run.stride();
    }

    private int filters(int published) {
        return form == Form.CIFAR ? (int) (published * width) : nearestMultipleOf8(published * width);
    }

    /** Narrow networks keep their last layer. */
    private int lastFilters() {
        double filters = LAST_FILTERS * Math.max(1, width);
        return form == Form.CIFAR ? (int) filters : nearestMultipleOf8(filters);
    }

    private static int nearestMultipleOf8(double filters) {
        int nearest = Math.max(8, (int) (filters + 4) / 8 * 8);
        return nearest < 0.9 * filters ? nearest + 8 : nearest;
    }

    private Operand<TFloat32> activate(Ops tf, Operand<TFloat32> x) {
        return form == Form.CIFAR ? tf.nn.relu(x) : tf.nn.relu6(x);
    }

    private Operand<TFloat32> buildActivated(
            Ops tf, Layers layers, Operand<TFloat32> x, int size, int filters, int stride) {
        return activate(tf, CONVOLUTION.build(tf, layers, x, size, filters, stride));
    }
}
