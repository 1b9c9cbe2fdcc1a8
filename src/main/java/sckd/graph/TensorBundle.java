package sckd.graph;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.Save;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

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

    /**
     * Reads tensors and adds them as constants, each named after its key, so that TensorFlow may compute with them beforehand.
     *
     * @throws RuntimeException as TensorFlow's own, where the bundle cannot be read
     */
    public List<Operand<?>> buildConstants(Ops tf, List<String> keys, List<DataType> dtypes) {
        return buildConstants(tf, keys, other -> buildRestore(other, keys, dtypes));
    }

    /**
     * The same for what {@code restore} adds to another graph.
     *
     * @param names of the constants
     */
    public static List<Operand<?>> buildConstants(
            Ops tf, List<String> names, Function<Ops, ? extends List<? extends Operand<?>>> restore) {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var runner = session.runner();
            restore.apply(Ops.create(graph)).forEach(runner::fetch);
            try (var values = runner.run()) {
                var constants = new ArrayList<Operand<?>>();
                for (int i = 0; i < names.size(); i++) {
                    var named = tf.withName(Variable.opName(names.get(i)));
                    constants.add(named.constantOf((TType) values.get(i)));
                }
                return constants;
            }
        }
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
