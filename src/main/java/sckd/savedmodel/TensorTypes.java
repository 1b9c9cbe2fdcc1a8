package sckd.savedmodel;

import java.util.Map;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import sckd.graph.TensorFlowReason;

/** The type and shape of every tensor of a graph, as TensorFlow's own shape inference finds them. Nothing is run. */
record TensorTypes(Map<TensorName, Type> byTensor) {
    private static final Type UNKNOWN = new Type(DataType.DT_INVALID, Shape.unknown());

    /**
     * What is known of a tensor.
     *
     * @param shape unknown sizes −1
     */
    record Type(DataType dtype, Shape shape) {}

    /** @throws sckd.UserException if TensorFlow does not take the graph: attributes that are missing, shapes that do not fit, tensors too large */
    static TensorTypes infer(GraphDef graphDef) {
        try {
            return new TensorTypes(TypeInference.infer(graphDef));
        } catch (RuntimeException e) {
            throw TensorFlowReason.explain("TensorFlow does not take the graph", e);
        }
    }

    /** Unknown where the graph has no such tensor. */
    Type of(TensorName tensor) {
        return byTensor.getOrDefault(tensor, UNKNOWN);
    }

    Shape shape(TensorName tensor) {
        return of(tensor).shape();
    }

    boolean isFloat(TensorName tensor) {
        return isFloat(of(tensor).dtype());
    }

    static boolean isFloat(DataType dtype) {
        return switch (dtype) {
            case DT_FLOAT, DT_HALF, DT_BFLOAT16, DT_DOUBLE -> true;
            default -> false;
        };
    }
}
