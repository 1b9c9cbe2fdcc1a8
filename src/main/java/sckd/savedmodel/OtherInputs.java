package sckd.savedmodel;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

/**
 * The inputs of a signature beside the images that have no default: scalars of which it is plain what inference takes. A truth value, such as
 * {@code training} or {@code is_training}, is false; the share of values that dropout keeps, {@code keep_prob}, is 1.
 */
final class OtherInputs {
    private static final String KEEP = "keep";

    private OtherInputs() {}

    /**
     * Those of a signature of which it is plain.
     *
     * @param images the node that takes the images
     * @param graph that the signature is of
     */
    static List<Signature.Tensor> find(Signature signature, String images, GraphDef graph) {
        var withDefault = Signature.nodesWithDefault(graph);
        return signature.inputs().entrySet().stream()
                .filter(input -> !input.getValue().name().node().equals(images)
                        && !withDefault.contains(input.getValue().name().node())
                        && isPlain(input.getKey(), input.getValue()))
                .map(Map.Entry::getValue)
                .toList();
    }

    private static boolean isPlain(String name, Signature.Tensor input) {
        return input.shape().isCompatibleWith(Shape.scalar())
                && input.name().index() == 0
                && (input.dtype() == DataType.DT_BOOL || isKept(name, input));
    }

    private static boolean isKept(String name, Signature.Tensor input) {
        var names = (name + " " + input.name().node()).toLowerCase(Locale.ROOT);
        return input.dtype() == DataType.DT_FLOAT && names.contains(KEEP);
    }

    /** What one is given, as a number. */
    static float value(Signature.Tensor input) {
        return input.dtype() == DataType.DT_BOOL ? 0 : 1;
    }

    /** The Const that stands for one. */
    static NodeDef constant(Signature.Tensor input) {
        var value = TensorProto.newBuilder().setDtype(input.dtype());
        value.getTensorShapeBuilder(); // a scalar's
        if (input.dtype() == DataType.DT_BOOL) {
            value.addBoolVal(false);
        } else {
            value.addFloatVal(1);
        }
        return NodeDef.newBuilder()
                .setName(input.name().node())
                .setOp("Const")
                .putAttr("dtype", AttrValue.newBuilder().setType(input.dtype()).build())
                .putAttr("value", AttrValue.newBuilder().setTensor(value).build())
                .build();
    }

    /** What to tell of it. */
    static String note(Signature.Tensor input) {
        return "The input '%s' has no default; it is fed %s."
                .formatted(input.name().node(), input.dtype() == DataType.DT_BOOL ? "false" : "1");
    }
}
