package sckd.savedmodel;

import com.google.common.collect.Range;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import sckd.UserException;

/**
 * An input of a signature beside the images, each element of which is given one number. An unknown first size is the number of images; one without a
 * rank is a scalar.
 *
 * @param name in the signature
 * @param number of a truth value 0 or 1
 * @param isStated by the user; else it is plain
 */
record OtherInput(String name, Signature.Tensor tensor, double number, boolean isStated) {
    /** What each type holds. */
    private static final Map<DataType, Range<Double>> NUMBERS = Map.ofEntries(
            Map.entry(DataType.DT_BOOL, Range.closed(0d, 1d)),
            Map.entry(DataType.DT_INT8, Range.closed(-0x1p7, 0x1p7 - 1)),
            Map.entry(DataType.DT_UINT8, Range.closed(0d, 0x1p8 - 1)),
            Map.entry(DataType.DT_INT16, Range.closed(-0x1p15, 0x1p15 - 1)),
            Map.entry(DataType.DT_UINT16, Range.closed(0d, 0x1p16 - 1)),
            Map.entry(DataType.DT_INT32, Range.closed(-0x1p31, 0x1p31 - 1)),
            Map.entry(DataType.DT_UINT32, Range.closed(0d, 0x1p32 - 1)),
            Map.entry(DataType.DT_INT64, Range.closedOpen(-0x1p63, 0x1p63)),
            Map.entry(DataType.DT_UINT64, Range.closedOpen(0d, 0x1p64)),
            Map.entry(DataType.DT_HALF, Range.closed(-65504d, 65504d)),
            Map.entry(DataType.DT_BFLOAT16, Range.closed(-0x1.fep127, 0x1.fep127)),
            Map.entry(DataType.DT_FLOAT, Range.closed(-(double) Float.MAX_VALUE, (double) Float.MAX_VALUE)),
            Map.entry(DataType.DT_DOUBLE, Range.closed(-Double.MAX_VALUE, Double.MAX_VALUE)));

    /** Whether an input's elements are numbers or truth values. */
    static boolean takesNumbers(DataType dtype) {
        return NUMBERS.containsKey(dtype);
    }

    /** @throws UserException if it cannot be given this number */
    void check() {
        findFault().ifPresent(fault -> {
            throw new UserException("the input '%s' (%s %s) is to be fed %s; %s"
                    .formatted(name, tensor.dtype(), Shapes.describe(tensor.shape()), describe(), fault));
        });
    }

    private Optional<String> findFault() {
        var dtype = tensor.dtype();
        if (!takesNumbers(dtype)) {
            return Optional.of("expected an input of numbers or truth values");
        }
        boolean isWhole = TensorTypes.isFloat(dtype) || number == Math.rint(number);
        if (!isWhole || !NUMBERS.get(dtype).contains(number)) {
            return Optional.of(
                    dtype == DataType.DT_BOOL ? "expected 0 or 1" : "expected a number that " + dtype + " holds");
        }
        if (!isScalar() && tensor.shape().tail().hasUnknownDimension()) {
            return Optional.of("expected sizes that are known but for the first, the number of images");
        }
        return tensor.name().index() == 0
                ? Optional.empty()
                : Optional.of("it is fed at '%s', expected the first output of a node".formatted(tensor.name()));
    }

    private boolean isScalar() {
        return tensor.shape().isUnknown() || tensor.shape().numDimensions() == 0;
    }

    /** Adds the nodes that make its value; the result hands it on under the name of its node. */
    NodeDef build(NodeAppender nodes, Signature.Tensor images) {
        var dtype = NodeAppender.type(tensor.dtype());
        var scalar = buildScalar(nodes);
        var value = isScalar()
                ? scalar
                : nodes.add(
                        "Fill",
                        Map.of("T", dtype, "index_type", NodeAppender.type(DataType.DT_INT64)),
                        buildShape(nodes, images),
                        scalar);
        return NodeDef.newBuilder()
                .setName(tensor.name().node())
                .setOp("Identity")
                .putAttr("T", dtype)
                .addInput(value.asInput())
                .build();
    }

    private TensorName buildScalar(NodeAppender nodes) {
        var value = TensorProto.newBuilder();
        value.getTensorShapeBuilder();
        switch (tensor.dtype()) {
            case DT_BOOL -> value.addBoolVal(number != 0);
            case DT_INT32 -> value.addIntVal((int) number);
            case DT_INT64 -> value.addInt64Val((long) number);
            case DT_FLOAT -> value.addFloatVal((float) number);
            default -> {
                return buildCast(nodes);
            }
        }
        return nodes.addConstant(value.setDtype(tensor.dtype()).build());
    }

    private TensorName buildCast(NodeAppender nodes) {
        var value = TensorProto.newBuilder().setDtype(DataType.DT_DOUBLE).addDoubleVal(number);
        value.getTensorShapeBuilder();
        return nodes.add(
                "Cast",
                Map.of("SrcT", NodeAppender.type(DataType.DT_DOUBLE), "DstT", NodeAppender.type(tensor.dtype())),
                nodes.addConstant(value.build()));
    }

    private TensorName buildShape(NodeAppender nodes, Signature.Tensor images) {
        var shape = tensor.shape();
        if (shape.get(0) >= 0) {
            return nodes.addVector(DataType.DT_INT64, shape.asArray());
        }
        var batch = nodes.addBatch(images.name(), images.dtype(), DataType.DT_INT64);
        return shape.numDimensions() == 1
                ? batch
                : nodes.addConcat(
                        DataType.DT_INT64,
                        batch,
                        nodes.addVector(DataType.DT_INT64, shape.tail().asArray()));
    }

    /** What to tell of it. */
    String note() {
        return isStated
                ? "The input '%s' is fed %s, as is stated.".formatted(name, describe())
                : "The input '%s' has no default; it is fed %s."
                        .formatted(tensor.name().node(), describe());
    }

    private String describe() {
        if (tensor.dtype() == DataType.DT_BOOL && (number == 0 || number == 1)) {
            return String.valueOf(number == 1);
        }
        return number == Math.rint(number) && Math.abs(number) < 0x1p53
                ? String.valueOf((long) number)
                : String.valueOf(number);
    }
}
