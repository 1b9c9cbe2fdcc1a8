package example;

import java.util.LinkedHashMap;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.zoo.Architecture;
import sckd.zoo.ArchitectureKind;
import sckd.zoo.Convolution;
import sckd.zoo.Init;
import sckd.zoo.Layers;
import sckd.zoo.Pooling;

/** Two 3×3 convolutions of stride 2 with batch norm and ReLU, the mean over the map, a dense layer. */
public record StridedCnn(int classes) implements Architecture {
    @Override
    public int smallestSide() {
        return 4;
    }

    @Override
    public Network build(Ops tf, Layers layers, Operand<TFloat32> images) {
        var features = new LinkedHashMap<String, Operand<TFloat32>>();
        features.put("conv1", buildConvolution(tf.withSubScope("conv1"), layers, images, 16));
        features.put("conv2", buildConvolution(tf.withSubScope("conv2"), layers, features.get("conv1"), 32));
        features.put("pooled", Pooling.mean(tf.withSubScope("pooled"), features.get("conv2")));
        var logits = layers.classifier(tf.withSubScope("classifier"), features.get("pooled"), classes);
        return new Network(logits, features);
    }

    private static Operand<TFloat32> buildConvolution(Ops tf, Layers layers, Operand<TFloat32> x, int filters) {
        var convolution = new Convolution(3, filters, 2, Convolution.Bias.NONE, Init.HE_FAN_IN);
        return tf.nn.relu(layers.batchNorm(tf, layers.conv(tf, x, convolution)));
    }

    /** As experiments and {@code sckd create} name it: {@code zoo:strided-cnn}. */
    public static final class Kind implements ArchitectureKind {
        @Override
        public String name() {
            return "strided-cnn";
        }

        @Override
        public Architecture make(int classes) {
            return new StridedCnn(classes);
        }
    }
}
