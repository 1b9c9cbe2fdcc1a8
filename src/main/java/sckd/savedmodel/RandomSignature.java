package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import java.nio.file.Path;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;

/**
 * A model whose signature draws random numbers, or normalises by the batch and moves its averages: it does not answer as inference does, and
 * can be compared only as it is read.
 */
final class RandomSignature {
    private RandomSignature() {}

    static boolean isOne(Path directory, ModelSettings settings) {
        var file = SavedModelFile.read(directory, settings.tags());
        return SignatureChoice.choose(file, settings)
                .flatten(file.metaGraph().getGraphDef(), OpDefs.registered())
                .nodes()
                .values()
                .stream()
                .anyMatch(node -> RandomOps.draws(node) || Effects.assignsWeights(node));
    }

    /** The float outputs of the model with its draws settled and the values of its checkpoint. */
    static Map<String, float[]> runAsRead(Path directory, ModelSettings settings, Tensor images) {
        var model = ClassifierModel.read(directory, settings);
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var fed = ModelProgram.buildPlaceholder(tf, model.input().dtype(), images.shape());
            var program = ModelProgram.ofInput(tf, "read", model, fed);
            program.useConstants(ModelProgram.buildConstants(tf, "read", model));
            var values = ImmutableMap.<String, float[]>builder();
            model.outputs().forEach((name, output) -> {
                var tensor = program.build(output);
                if (tensor.dataType() == DataType.DT_FLOAT) {
                    values.put(name, run(session.runner().feed(fed, images).fetch(tensor)));
                }
            });
            return values.buildOrThrow();
        }
    }

    private static float[] run(Session.Runner runner) {
        try (var result = runner.run()) {
            var tensor = (TFloat32) result.get(0);
            var values = new float[Math.toIntExact(tensor.size())];
            tensor.asRawTensor().data().asFloats().read(values);
            return values;
        }
    }
}
