package sckd.training;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import sckd.graph.StoredTensor;
import sckd.savedmodel.ModelInstance;

/**
 * A teacher whose outputs were computed before: its tensors are rows of tables on the device.
 *
 * @param instance stands for the frozen teacher
 * @param tables what has to be loaded
 */
record CachedTeacher(ModelInstance instance, List<Table> tables) {
    /** One of its tensors, of all images. */
    record Table(StoredTensor<TFloat32> stored, TeacherOutputs.Values values, Shape shape) {}

    /**
     * @param images how many there are
     * @param indices of samples, {@code [batch]}
     */
    static CachedTeacher build(Ops tf, String name, TeacherOutputs outputs, int images, Operand<TInt32> indices) {
        var scope = tf.withSubScope("cache-" + name);
        var tables = new ArrayList<Table>();
        var logits = buildTable(scope, name, "logits", outputs.logits(), images, tables);
        var features = ImmutableMap.<String, Operand<TFloat32>>builder();
        outputs.features().forEach((layer, values) -> {
            var table = buildTable(scope, name, "features/" + layer, values, images, tables);
            features.put(layer, table.buildRows(scope, indices));
        });
        var instance = new ModelInstance(logits.buildRows(scope, indices), features.buildOrThrow(), List.of());
        return new CachedTeacher(instance, List.copyOf(tables));
    }

    private static StoredTensor<TFloat32> buildTable(
            Ops tf, String name, String part, TeacherOutputs.Values values, int images, List<Table> tables) {
        var shape = values.shape().prepend(images);
        var stored = StoredTensor.build(tf, "cache-" + name, part, TFloat32.class, shape);
        tables.add(new Table(stored, values, shape));
        return stored;
    }

    /** Copies one view of all images to the device. */
    void load(Session session, int view) {
        for (var table : tables) {
            var values = DataBuffers.of(table.values.views().get(view), true, false);
            try (var rows = TFloat32.tensorOf(table.shape, values);
                    var done = session.runner()
                            .feed(table.stored.value(), rows)
                            .addTarget(table.stored.assign())
                            .run()) {
                // the table is set
            }
        }
    }
}
