package sckd.savedmodel;

import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;

/** How far two runs of the same program may be apart, of its largest value: they run the same kernels, but TensorFlow may order or fuse them differently. */
final class Precision {
    private static final double OF_FLOAT32 = 1e-5;
    /** Two of the eleven bits of a float16's fraction. */
    private static final double OF_FLOAT16 = 0x1p-9;
    /** Two of the eight bits of a bfloat16's fraction. */
    private static final double OF_BFLOAT16 = 0x1p-6;

    private Precision() {}

    /** By the coarsest type that a node of the graph computes in. */
    static double of(GraphDef graph) {
        Set<DataType> types = graph.getNodeList().stream()
                .flatMap(node -> node.getAttrMap().values().stream())
                .map(AttrValue::getType)
                .collect(Collectors.toSet());
        if (types.contains(DataType.DT_BFLOAT16)) {
            return OF_BFLOAT16;
        }
        return types.contains(DataType.DT_HALF) ? OF_FLOAT16 : OF_FLOAT32;
    }
}
