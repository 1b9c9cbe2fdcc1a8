package sckd.savedmodel;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.base.Splitter;
import com.google.common.primitives.Longs;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.proto.TensorSliceProto;

/**
 * A part of a tensor, as a partitioned variable is stored in a checkpoint.
 *
 * @param whole the tensor's shape
 * @param starts where the part begins on each axis
 * @param shape of the part
 */
public record TensorSlice(Shape whole, List<Long> starts, Shape shape) {
    public TensorSlice {
        starts = List.copyOf(starts);
        checkArgument(
                starts.size() == whole.numDimensions() && shape.numDimensions() == whole.numDimensions(),
                "a slice of %s axes of a tensor of %s",
                starts.size(),
                whole.numDimensions());
        for (int axis = 0; axis < starts.size(); axis++) {
            long start = starts.get(axis);
            checkArgument(
                    start >= 0 && shape.get(axis) >= 0 && start <= whole.get(axis) - shape.get(axis),
                    "a slice of %s at %s on axis %s, which has %s",
                    shape.get(axis),
                    start,
                    axis,
                    whole.get(axis));
        }
    }

    /**
     * Reads TensorFlow's {@code shape_and_slices}: the sizes of the whole, then {@code start,length} or {@code -} (all) for each axis, as
     * {@code "16 3 0,6:-"}.
     *
     * @throws IllegalArgumentException if it is none
     */
    static TensorSlice parse(String text) {
        var words = Splitter.on(' ').splitToList(text);
        checkArgument(words.size() > 1, "'%s' is no slice of a tensor", text);
        var whole = words.subList(0, words.size() - 1).stream()
                .mapToLong(Long::parseLong)
                .toArray();
        var extents = Splitter.on(':').splitToList(words.get(words.size() - 1));
        checkArgument(extents.size() == whole.length, "'%s' is no slice of a tensor", text);
        var starts = new ArrayList<Long>();
        var lengths = new ArrayList<Long>();
        for (int axis = 0; axis < whole.length; axis++) {
            boolean isAll = extents.get(axis).equals("-");
            var extent =
                    isAll ? List.of("0", "" + whole[axis]) : Splitter.on(',').splitToList(extents.get(axis));
            checkArgument(extent.size() == 2, "'%s' is no slice of a tensor", text);
            starts.add(Long.parseLong(extent.get(0)));
            lengths.add(Long.parseLong(extent.get(1)));
        }
        return new TensorSlice(Shape.of(whole), starts, Shape.of(Longs.toArray(lengths)));
    }

    /** As the index of a checkpoint lists it; an axis without a length is there as a whole. */
    static TensorSlice of(TensorShapeProto whole, TensorSliceProto slice) {
        var extents = slice.getExtentList();
        checkArgument(
                extents.size() == whole.getDimCount(),
                "a slice of %s axes of a tensor of %s",
                extents.size(),
                whole.getDimCount());
        var lengths = new ArrayList<Long>();
        for (int axis = 0; axis < extents.size(); axis++) {
            var extent = extents.get(axis);
            lengths.add(
                    extent.hasLength() ? extent.getLength() : whole.getDim(axis).getSize());
        }
        return new TensorSlice(
                Shapes.of(whole),
                extents.stream().map(TensorSliceProto.Extent::getStart).toList(),
                Shape.of(Longs.toArray(lengths)));
    }

    /** As RestoreV2 and SaveV2 take it. */
    @Override
    public String toString() {
        var text = new StringBuilder();
        for (long size : whole.asArray()) {
            text.append(size).append(' ');
        }
        var extents = new ArrayList<String>();
        for (int axis = 0; axis < starts.size(); axis++) {
            extents.add(starts.get(axis) + "," + shape.get(axis));
        }
        return text + extents.stream().collect(Collectors.joining(":"));
    }
}
