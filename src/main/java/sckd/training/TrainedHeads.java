package sckd.training;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import sckd.UserException;
import sckd.files.AtomicDirectory;
import sckd.graph.SessionRuns;
import sckd.graph.TensorBundle;
import sckd.graph.TensorFlowReason;
import sckd.graph.Variable;
import sckd.savedmodel.ModelDigest;

/**
 * The values of trained heads, a tensor bundle {@code variables.*} in a directory of its own: what is exported of their model has nothing of them.
 */
public record TrainedHeads(Path directory) {
    /**
     * Takes them out of a checkpoint; what stood in the directory before is replaced.
     *
     * @param names of their variables
     */
    public static TrainedHeads write(Path checkpoint, List<String> names, Path directory) {
        AtomicDirectory.replace(directory, partial -> {
            try (var graph = new Graph();
                    var session = new Session(graph)) {
                var tf = Ops.create(graph);
                var values = new ArrayList<Operand<?>>(new TensorBundle(checkpoint)
                        .buildRestore(tf, names, Collections.nCopies(names.size(), DataType.DT_FLOAT)));
                SessionRuns.run(session, List.of(bundle(partial).buildSave(tf, names, values)));
            } catch (RuntimeException e) {
                throw new IOException(TensorFlowReason.ofRefusal(e), e);
            }
        });
        return new TrainedHeads(directory);
    }

    private static TensorBundle bundle(Path directory) {
        return new TensorBundle(directory.resolve("variables"));
    }

    /** By which they are known again. */
    String sha256() {
        return ModelDigest.of(directory);
    }

    /**
     * Adds a variable's value as a constant.
     *
     * @param first is not looked at
     * @throws UserException if it is not there, or has another shape
     */
    Operand<TFloat32> buildConstant(Ops tf, String name, Shape shape, float[] first) {
        Operand<TFloat32> value;
        try {
            value = bundle(directory)
                    .buildConstants(tf, List.of(name), List.of(DataType.DT_FLOAT))
                    .get(0)
                    .asOutput()
                    .expect(TFloat32.class);
        } catch (RuntimeException e) {
            throw TensorFlowReason.explain(directory + ": its heads cannot be read", e);
        }
        if (!value.shape().equals(shape)) {
            throw new UserException("%s: '%s' has the shape %s; expected %s: its heads are not those of the experiment"
                    .formatted(directory, name, value.shape(), shape));
        }
        return value;
    }

    /** What stands for heads that are yet to be trained, where nothing is run. */
    static Operand<TFloat32> buildFirst(Ops tf, String name, Shape shape, float[] first) {
        return tf.withName(Variable.opName(name)).constant(shape, DataBuffers.of(first));
    }
}
