package sckd.zoo;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.regex.MatchResult;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The networks of Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", ICLR 2015, arXiv:1409.1556,
 * with batch norm and one dense layer, in the form in which Tian, Krishnan and Isola, "Contrastive Representation Distillation", 2020,
 * arXiv:1910.10699, compare them; their vgg8 has one convolution a stage.
 *
 * <p>Five stages of 3×3 convolutions with bias, batch norm and ReLU, 64 to 512 filters; a 2×2 max-pool after each of the first three, and
 * after the fourth where the images are 64 high or more; the mean over each map; one dense layer. The depth counts convolutions and the three dense
 * layers that the original ends in. Initial kernels are He's by fan out, the classifier's have deviation 0.01, as in that paper's code.
 *
 * <p>Features: each convolution after its ReLU ({@code stage1/conv1}), each stage's end ({@code stage1}: its last ReLU, before the pool), and
 * {@code pooled}. What the compared systems call the end of stage 2 of a VGG is {@code stage3} here: they count from 0.
 *
 * @param convolutions in each stage
 */
record Vgg(List<Integer> convolutions, int classes) implements Architecture {
    private static final List<Integer> FILTERS = List.of(64, 128, 256, 512, 512);
    private static final NormalizedConvolution CONVOLUTION =
            new NormalizedConvolution(Convolution.Bias.ADDED, Init.HE_FAN_OUT);

    /** The lowest images of which the fourth stage's end is halved; the published code knows 32 and 64. */
    private static final int HEIGHT_OF_FOUR_POOLS = 64;

    Vgg {
        convolutions = List.copyOf(convolutions);
    }

    /** @param name with one of the published depths as its group */
    static Vgg ofName(MatchResult name, int classes) {
        return switch (name.group(1)) {
            case "8" -> new Vgg(List.of(1, 1, 1, 1, 1), classes);
            case "11" -> new Vgg(List.of(1, 1, 2, 2, 2), classes);
            case "13" -> new Vgg(List.of(2, 2, 2, 2, 2), classes);
            case "16" -> new Vgg(List.of(2, 2, 3, 3, 3), classes);
            case "19" -> new Vgg(List.of(2, 2, 4, 4, 4), classes);
            default ->
                throw new IllegalArgumentException("depth is " + name.group(1) + "; expected 8, 11, 13, 16 or 19");
        };
    }

    @Override
    public int smallestSide() {
        return 8;
    }

    @Override
    public Network build(Ops tf, Layers layers, Operand<TFloat32> images) {
        var features = ImmutableMap.<String, Operand<TFloat32>>builder();
        int pools = images.shape().get(1) >= HEIGHT_OF_FOUR_POOLS ? 4 : 3;
        var x = images;
        for (int s = 1; s <= FILTERS.size(); s++) {
            var stage = "stage" + s;
            var stageTf = tf.withSubScope(stage);
            for (int c = 1; c <= convolutions.get(s - 1); c++) {
                x = CONVOLUTION.buildActivated(stageTf.withSubScope("conv" + c), layers, x, 3, FILTERS.get(s - 1), 1);
                features.put(stage + "/conv" + c, x);
            }
            x = Layers.end(stageTf, x);
            features.put(stage, x);
            x = s <= pools ? Pooling.max2x2(stageTf.withSubScope("pool"), x) : x;
        }
        x = Pooling.mean(tf.withSubScope("pooled"), x);
        features.put("pooled", x);
        return new Network(
                layers.classifier(tf.withSubScope("classifier"), x, classes, Init.NORMAL_SMALL), features.build());
    }
}
