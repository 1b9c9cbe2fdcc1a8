package sckd.savedmodel;

import com.google.common.primitives.Longs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.TensorStridedSliceUpdate;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TType;
import sckd.graph.TensorBundle;

/**
 * What an exported checkpoint holds: each key of the model's own with its type, shape and slices, and the trained value where a trained variable
 * stands behind it.
 *
 * @param entries of the model's own checkpoint
 */
record ExportedValues(Ops tf, ClassifierModel model, Map<String, BundleEntryProto> entries) {
    /**
     * Adds the op that writes it.
     *
     * @param trained holds the trained values, floats as float32, under {@code prefix/handle}
     */
    Op buildSave(TensorBundle trained, String prefix, TensorBundle target) {
        var values = buildOriginal();
        var variables =
                model.variables().stream().filter(ModelVariable::isFloat).toList();
        var restored = trained.buildRestore(
                tf,
                variables.stream()
                        .map(variable -> ModelVariables.nameOf(prefix, variable))
                        .toList(),
                variables.stream().map(variable -> DataType.DT_FLOAT).toList());
        for (int i = 0; i < variables.size(); i++) {
            var value = restored.get(i).expect(TFloat32.class);
            for (var key : variables.get(i).keys()) { // readers differ in the key that they take
                values.put(key, buildStored(variables.get(i), key, value, values.get(key)));
            }
        }
        values.putAll(TrainingStates.buildTrained(tf, trained, prefix, model));
        return buildSave(values, target);
    }

    /** The values that are there, of the keys that are not replaced as a whole. */
    private Map<String, Operand<?>> buildOriginal() {
        var keys = new LinkedHashSet<>(entries.keySet());
        for (var variable : model.variables()) {
            if (variable.isFloat() && variable.slice().isEmpty() && variable.dtype() != DataType.DT_DOUBLE) {
                keys.removeAll(variable.keys());
            }
        }
        var values = new HashMap<String, Operand<?>>();
        if (!keys.isEmpty()) {
            var ordered = List.copyOf(keys);
            var restored = CheckpointConstants.bundle(model)
                    .buildRestore(
                            tf,
                            ordered,
                            ordered.stream()
                                    .map(key -> entries.get(key).getDtype())
                                    .toList());
            for (int i = 0; i < ordered.size(); i++) {
                values.put(ordered.get(i), restored.get(i));
            }
        }
        return values;
    }

    /** The whole tensor of a key with the variable's value in it. */
    private Operand<?> buildStored(ModelVariable variable, String key, Operand<TFloat32> trained, Operand<?> original) {
        var dtype = entries.get(key).getDtype();
        if (variable.slice().isEmpty()) {
            return buildTyped(dtype, trained, original);
        }
        var slice = variable.slice().get();
        var part = buildTyped(dtype, trained, buildSlice(original, slice));
        return buildUpdate(original, slice, part);
    }

    /** In double precision, a value that training has not changed keeps the digits that float32 has not. */
    private Operand<?> buildTyped(DataType dtype, Operand<TFloat32> trained, Operand<?> original) {
        if (dtype != DataType.DT_DOUBLE) {
            return ModelProgram.buildCast(tf, trained, dtype);
        }
        var doubles = original.asOutput().expect(TFloat64.class);
        var isUnchanged = tf.math.equal(tf.dtypes.cast(doubles, TFloat32.class), trained);
        return tf.select(isUnchanged, doubles, tf.dtypes.cast(trained, TFloat64.class));
    }

    private Operand<?> buildSlice(Operand<?> whole, TensorSlice slice) {
        return tf.slice(
                (Operand<? extends TType>) whole,
                tf.constant(starts(slice)),
                tf.constant(slice.shape().asArray()));
    }

    @SuppressWarnings("unchecked") // both are of the key's type
    private Operand<?> buildUpdate(Operand<?> whole, TensorSlice slice, Operand<?> part) {
        var ends = starts(slice);
        var strides = new long[ends.length];
        for (int axis = 0; axis < ends.length; axis++) {
            ends[axis] += slice.shape().get(axis);
            strides[axis] = 1;
        }
        return TensorStridedSliceUpdate.create(
                tf.scope(),
                (Operand<TType>) whole,
                tf.constant(starts(slice)),
                tf.constant(ends),
                tf.constant(strides),
                (Operand<TType>) part);
    }

    private static long[] starts(TensorSlice slice) {
        return Longs.toArray(slice.starts());
    }

    private Op buildSave(Map<String, Operand<?>> values, TensorBundle target) {
        var keys = new ArrayList<String>();
        var slices = new ArrayList<String>();
        var tensors = new ArrayList<Operand<?>>();
        for (var key : entries.keySet()) {
            var entry = entries.get(key);
            if (entry.getSlicesCount() == 0) {
                keys.add(key);
                slices.add("");
                tensors.add(values.get(key));
            }
            for (var stored : entry.getSlicesList()) {
                var slice = TensorSlice.of(entry.getShape(), stored);
                keys.add(key);
                slices.add(slice.toString());
                tensors.add(buildSlice(values.get(key), slice));
            }
        }
        return target.buildSave(tf, keys, slices, tensors);
    }
}
