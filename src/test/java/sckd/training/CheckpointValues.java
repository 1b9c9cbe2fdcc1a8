package sckd.training;

import java.nio.file.Path;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import sckd.graph.TensorBundle;

/** Reads single variables out of a checkpoint, by TensorFlow's own restore op. */
public final class CheckpointValues {
    private CheckpointValues() {}

    public static double[] read(Path bundle, String key) {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var value =
                    new TensorBundle(bundle).buildRestore(Ops.create(graph), List.of(key), List.of(DataType.DT_FLOAT));
            try (var result = session.runner().fetch(value.get(0)).run()) {
                var tensor = (TFloat32) result.get(0);
                var numbers = new float[(int) tensor.size()];
                tensor.asRawTensor().data().asFloats().read(numbers);
                var doubles = new double[numbers.length];
                for (int i = 0; i < numbers.length; i++) {
                    doubles[i] = numbers[i];
                }
                return doubles;
            }
        }
    }
}
