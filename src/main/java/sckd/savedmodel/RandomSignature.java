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

/** A model whose signature draws random numbers: it answers differently in every run, and can be compared only as it is read. */
final class RandomSignature {
    private RandomSignature() {}

    static boolean isOne(Path directory, ModelSettings settings) {
        var file = SavedModelFile.read(directory, settings.tags());
        var roots = SignatureChoice.choose(file, settings).outputTensors().stream()
                .map(TensorName::node)
                .distinct()
                .toList();
        return Flattener.flatten(file.metaGraph().getGraphDef(), roots, OpDefs.registered())
                .graph()
                .nodes()
                .values()
                .stream()
                .anyMatch(RandomOps::draws);
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
