package sckd.savedmodel;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;

/** Runs of a session that hand their floats to a test. */
final class GraphRun {
    private GraphRun() {}

    static float[] floats(Session session, Operand<TFloat32> tensor) {
        return floats(session, List.of(tensor), List.of()).get(0);
    }

    /** Fetches tensors and runs targets in one call. */
    static List<float[]> floats(Session session, List<? extends Operand<TFloat32>> tensors, List<Op> targets) {
        var runner = session.runner();
        tensors.forEach(runner::fetch);
        targets.forEach(runner::addTarget);
        try (var result = runner.run()) {
            var all = new ArrayList<float[]>();
            for (int i = 0; i < tensors.size(); i++) {
                var tensor = (TFloat32) result.get(i);
                var values = new float[(int) tensor.size()];
                tensor.asRawTensor().data().asFloats().read(values);
                all.add(values);
            }
            return all;
        }
    }
}
