package sckd.data;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * The random numbers of an epoch: a variable {@code [images, columns]} of stateless uniform draws keyed by (seed, epoch), one row an image.
 *
 * @param epoch fed when the table is drawn
 * @param draw sets the table
 * @param table reads it
 */
record DrawTable(VarHandleOp handle, Placeholder<TInt64> epoch, Op draw, Operand<TFloat32> table) {
    /** Sets these draws apart from others that a graph may take with the same seed. */
    private static final long KEY = 0x5DEECE66DL;

    static DrawTable build(Ops tf, String name, int images, int columns, long seed) {
        var shape = Shape.of(images, columns);
        var handle = tf.withName("draws").varHandleOp(TFloat32.class, shape, VarHandleOp.sharedName(name + "/draws"));
        var epoch = tf.withName("epoch").placeholder(TInt64.class, Placeholder.shape(Shape.scalar()));
        var key = tf.stack(List.of(tf.constant(seed ^ KEY), epoch));
        var draws = tf.random.statelessRandomUniform(tf.constant(shape.asArray()), key);
        var table = tf.readVariableOp(handle, TFloat32.class);
        return new DrawTable(handle, epoch, tf.assignVariableOp(handle, draws), table);
    }

    void startEpoch(Session session, int epochNumber) {
        try (var number = TInt64.scalarOf(epochNumber);
                var done = session.runner().feed(epoch, number).addTarget(draw).run()) {
            // the table is set
        }
    }

    /** The epoch's numbers, row by row. */
    float[] read(Session session) {
        try (var result = session.runner().fetch(table).run()) {
            var tensor = (TFloat32) result.get(0);
            var values = new float[Math.toIntExact(tensor.size())];
            tensor.asRawTensor().data().asFloats().read(values);
            return values;
        }
    }

    /**
     * @param indices of images, {@code [batch]}
     * @return their rows, {@code [batch, columns]}
     */
    Operand<TFloat32> buildRows(Ops tf, Operand<TInt32> indices) {
        return tf.resourceGather(handle, indices, TFloat32.class);
    }
}
