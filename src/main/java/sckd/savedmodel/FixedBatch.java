package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A model that takes B images at once, given any number up to a limit: they are filled up with zeros to a multiple of B, run B by B through
 * instances of the model, and what comes of the zeros is dropped.
 *
 * @param size B
 */
record FixedBatch(int size) {
    /** Empty for a model that takes any number. */
    static Optional<FixedBatch> of(ClassifierModel model) {
        return BatchSize.isFixed(model.input().shape())
                ? Optional.of(
                        new FixedBatch(Math.toIntExact(model.input().shape().get(0))))
                : Optional.empty();
    }

    /** How many instances so many images need. */
    int instances(int images) {
        return (images + size - 1) / size;
    }

    /**
     * Adds the instances.
     *
     * @param images {@code [batch, height, width, channels]}
     * @param most images that there will be; more fail when run
     * @param instance adds one for {@code [B, height, width, channels]}
     */
    ModelInstance build(
            Ops tf, Operand<TFloat32> images, int most, Function<Operand<TFloat32>, ModelInstance> instance) {
        if (images.shape().get(0) == size) {
            return instance.apply(images);
        }
        var scoped = tf.withSubScope("fixed-batch");
        int count = instances(most);
        var padded = buildPadded(scoped, images, count * size);
        var parts = new ArrayList<ModelInstance>();
        for (int i = 0; i < count; i++) {
            parts.add(instance.apply(buildPart(scoped, padded, i)));
        }
        Function<Function<ModelInstance, Operand<TFloat32>>, Operand<TFloat32>> whole =
                part -> buildFirst(scoped, parts.stream().map(part).toList(), images);
        var features = ImmutableMap.<String, Operand<TFloat32>>builder();
        parts.get(0)
                .features()
                .keySet()
                .forEach(name ->
                        features.put(name, whole.apply(part -> part.features().get(name))));
        var updates = parts.stream().flatMap(part -> part.updates().stream()).toList();
        return new ModelInstance(whole.apply(ModelInstance::logits), features.buildOrThrow(), updates);
    }

    /** Zeros behind the images, so that there are {@code rows}. */
    private static Operand<TFloat32> buildPadded(Ops tf, Operand<TFloat32> images, int rows) {
        var missing = tf.math.sub(tf.constant(rows), buildCount(tf, images));
        var behind = tf.stack(List.of(tf.constant(0), missing));
        var none = tf.constant(new int[] {0, 0});
        var padded = tf.pad(images, tf.stack(List.of(behind, none, none, none)), tf.constant(0f));
        var shape = images.shape().tail().prepend(rows).asArray();
        return tf.reshape(padded, tf.constant(shape)); // the shape is known from here on
    }

    private static Operand<TInt32> buildCount(Ops tf, Operand<TFloat32> images) {
        return tf.gather(tf.shape(images), tf.constant(0), tf.constant(0));
    }

    private Operand<TFloat32> buildPart(Ops tf, Operand<TFloat32> padded, int index) {
        int rank = padded.shape().numDimensions();
        var begin = new int[rank];
        begin[0] = index * size;
        var length = padded.shape().tail().prepend(size).asArray();
        return tf.slice(padded, tf.constant(begin), tf.dtypes.cast(tf.constant(length), TInt32.class));
    }

    /** The rows that are images'. */
    private static Operand<TFloat32> buildFirst(Ops tf, List<Operand<TFloat32>> parts, Operand<TFloat32> images) {
        var rows = parts.size() == 1 ? parts.get(0) : tf.concat(parts, tf.constant(0));
        var count = tf.expandDims(buildCount(tf, images), tf.constant(0));
        return tf.stridedSlice(rows, tf.array(0), count, tf.array(1));
    }
}
