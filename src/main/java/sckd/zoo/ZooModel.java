package sckd.zoo;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import sckd.savedmodel.GraphSignature;
import sckd.savedmodel.ModelCard;
import sckd.savedmodel.SavedModelWriter;

/**
 * An architecture built into a graph.
 *
 * @param layers holds the variables and the cost
 */
record ZooModel(Graph graph, Layers layers, Map<String, GraphSignature> signatures) {
    /** @param imageShape height, width, channels */
    static ZooModel build(Graph graph, Architecture architecture, List<Integer> imageShape, long seed) {
        var tf = Ops.create(graph);
        var layers = new Layers(seed);
        var shape = Shape.of(-1, imageShape.get(0), imageShape.get(1), imageShape.get(2));
        var images = Placeholder.create(tf.withName("images").scope(), TFloat32.class, Placeholder.shape(shape));
        var network = architecture.build(tf, layers, images);
        var probabilities = tf.withName("probabilities").nn.softmax(network.logits());
        Map<String, Operand<?>> inputs = Map.of("images", images);
        var serving =
                new GraphSignature(inputs, ImmutableMap.of("logits", network.logits(), "probabilities", probabilities));
        var features = new GraphSignature(inputs, ImmutableMap.copyOf(network.features()));
        return new ZooModel(graph, layers, Map.of("serving_default", serving, "features", features));
    }

    SavedModelWriter.Source toSource(ModelCard card) {
        return new SavedModelWriter.Source(graph, layers.variables(), signatures, card);
    }
}
