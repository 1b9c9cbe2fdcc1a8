package sckd.graph;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.Save;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TString;

/**
 * A tensor bundle at a fixed place, its tensors of any type: {@link VariableBundle} is for a training's own variables.
 *
 * @param prefix the path of its files without {@code .index} and {@code .data-…}
 */
public record TensorBundle(Path prefix) {
    /** Adds the op that reads tensors; the results stand in the order of the keys. A key that is not there fails when it runs. */
    public List<Output<?>> buildRestore(Ops tf, List<String> keys, List<DataType> dtypes) {
        return buildRestore(tf, keys, wholeTensors(keys.size()), dtypes);
    }

    /**
     * The same for parts of tensors.
     *
     * @param slices TensorFlow's {@code shape_and_slices}, one a key: {@code "16 3 0,6:-"} names the first 6 of 16 rows, the empty one the whole
     */
    public List<Output<?>> buildRestore(Ops tf, List<String> keys, List<String> slices, List<DataType> dtypes) {
        // Restore.create wants a Java class for each type, and not every type has one
        var restore = tf.scope()
                .opBuilder("RestoreV2", "Restore")
                .addInput(path(tf).asOutput())
                .addInput(strings(tf, keys).asOutput())
                .addInput(strings(tf, slices).asOutput())
                .setAttr("dtypes", dtypes.toArray(DataType[]::new))
                .build();
        var tensors = new ArrayList<Output<?>>();
        for (int i = 0; i < keys.size(); i++) {
            tensors.add(restore.output(i));
        }
        return tensors;
    }

    /** Adds the op that writes tensors, each under its key; their directory must exist when it runs. */
    public Op buildSave(Ops tf, List<String> keys, List<Operand<?>> tensors) {
        return buildSave(tf, keys, wholeTensors(keys.size()), tensors);
    }

    /** The same for parts of tensors, each with its slice as in {@link #buildRestore}; a key may stand there once for each part. */
    public Op buildSave(Ops tf, List<String> keys, List<String> slices, List<Operand<?>> tensors) {
        return Save.create(tf.scope(), path(tf), strings(tf, keys), strings(tf, slices), tensors);
    }

    private Operand<TString> path(Ops tf) {
        return tf.constant(prefix.toAbsolutePath().toString());
    }

    private static Operand<TString> strings(Ops tf, List<String> values) {
        return tf.array(values.toArray(String[]::new));
    }

    /** A slice of each tensor could be named; the empty name is all of it. */
    private static List<String> wholeTensors(int count) {
        return Collections.nCopies(count, "");
    }
}
