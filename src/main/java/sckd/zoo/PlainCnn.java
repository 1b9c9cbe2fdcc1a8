package sckd.zoo;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.regex.MatchResult;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The plain convolutional networks of Mirzadeh et al., "Improved Knowledge Distillation via Teacher Assistant", AAAI 2020, arXiv:1902.03393
 * (even depths), and Son et al., "Densely Guided Knowledge Distillation using Multiple Teacher Assistants", ICCV 2021, arXiv:2009.08825 (odd
 * depths). The depth counts convolutions.
 *
 * <p>A convolution is 3×3 with bias, then batch norm, then ReLU; a stage is convolutions of one width and, mostly, a 2×2 max-pool; then dense
 * layers with ReLU between them. Initial kernels are He's by fan in (the published code leaves PyTorch's default).
 *
 * <p>Features: each convolution after its ReLU ({@code stage1/conv1}), each stage's end ({@code stage1}: after its pool, where it has one),
 * {@code flattened}, and each hidden dense layer after its ReLU ({@code dense1}).
 */
record PlainCnn(List<Stage> stages, List<Integer> hidden, int classes) implements Architecture {
    /** From here down the published networks for CIFAR-10 are taken, above those for CIFAR-100. */
    private static final int FEW_CLASSES = 10;

    private static final NormalizedConvolution CONVOLUTION =
            new NormalizedConvolution(Convolution.Bias.ADDED, Init.HE_FAN_IN);

    private record Stage(int filters, int convolutions, boolean pooled) {}

    /**
     * The published network with as many convolutions, 2 to 10. Odd depths were published for CIFAR-100 alone and serve for both.
     *
     * @param name with the depth as its group
     */
    static PlainCnn ofName(MatchResult name, int classes) {
        return ofDepth(Integer.parseInt(name.group(1)), classes);
    }

    private static PlainCnn ofDepth(int depth, int classes) {
        boolean few = classes <= FEW_CLASSES;
        return switch (depth) {
            case 2 ->
                few
                        ? new PlainCnn(List.of(pooled(16, 1), pooled(16, 1)), List.of(), classes)
                        : new PlainCnn(List.of(pooled(32, 1), pooled(32, 1)), List.of(), classes);
            case 3 -> new PlainCnn(List.of(pooled(32, 2), pooled(64, 1)), List.of(), classes);
            case 4 ->
                few
                        ? new PlainCnn(List.of(pooled(16, 2), pooled(32, 2)), List.of(), classes)
                        : new PlainCnn(List.of(pooled(32, 2), pooled(64, 2)), List.of(), classes);
            case 5 -> new PlainCnn(List.of(pooled(32, 2), pooled(64, 2), unpooled(128, 1)), List.of(), classes);
            case 6 ->
                few
                        ? new PlainCnn(List.of(pooled(16, 2), pooled(32, 2), pooled(64, 2)), List.of(), classes)
                        : new PlainCnn(List.of(pooled(32, 2), pooled(64, 2), unpooled(128, 2)), List.of(), classes);
            case 7 -> new PlainCnn(fourStages(32, 1), List.of(64), classes);
            case 8 -> new PlainCnn(fourStages(few ? 16 : 32, 2), List.of(64), classes);
            case 9 -> new PlainCnn(fourStages(32, 3), List.of(512), classes);
            case 10 -> new PlainCnn(fourStages(32, 4), List.of(few ? 128 : 512), classes);
            default -> throw new IllegalArgumentException("depth is " + depth + "; expected 2 to 10");
        };
    }

    /** Two convolutions in each but the last stage, twice as wide from each to the next. */
    private static List<Stage> fourStages(int filters, int lastConvolutions) {
        return List.of(
                pooled(filters, 2),
                pooled(2 * filters, 2),
                pooled(4 * filters, 2),
                pooled(8 * filters, lastConvolutions));
    }

    private static Stage pooled(int filters, int convolutions) {
        return new Stage(filters, convolutions, true);
    }

    private static Stage unpooled(int filters, int convolutions) {
        return new Stage(filters, convolutions, false);
    }

    @Override
    public int smallestSide() {
        return 1 << stages.stream().filter(Stage::pooled).count();
    }

    @Override
    public Network build(Ops tf, Layers layers, Operand<TFloat32> images) {
        var features = ImmutableMap.<String, Operand<TFloat32>>builder();
        var x = images;
        for (int s = 0; s < stages.size(); s++) {
            var stage = stages.get(s);
            var name = "stage" + (s + 1);
            var stageTf = tf.withSubScope(name);
            for (int c = 1; c <= stage.convolutions(); c++) {
                x = CONVOLUTION.buildActivated(stageTf.withSubScope("conv" + c), layers, x, 3, stage.filters(), 1);
                features.put(name + "/conv" + c, x);
            }
            x = stage.pooled() ? Pooling.max2x2(stageTf.withSubScope("pool"), x) : Layers.end(stageTf, x);
            features.put(name, x);
        }
        x = Layers.flatten(tf.withSubScope("flattened"), x);
        features.put("flattened", x);
        for (int d = 0; d < hidden.size(); d++) {
            var name = "dense" + (d + 1);
            var denseTf = tf.withSubScope(name);
            x = denseTf.nn.relu(layers.dense(denseTf, x, hidden.get(d)));
            features.put(name, x);
        }
        return new Network(layers.classifier(tf.withSubScope("classifier"), x, classes), features.build());
    }
}
