package sckd.savedmodel;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;

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

    /** The outputs that are compared, of the model with its draws settled and the values of its checkpoint. */
    static Map<String, List<?>> runAsRead(Path directory, ModelSettings settings, Tensor images) {
        var model = ClassifierModel.read(directory, settings);
        try (var graph = new Graph();
                var session = new Session(graph, ExportCheck.AS_WRITTEN)) {
            var tf = Ops.create(graph);
            var fed = ModelProgram.buildPlaceholder(tf, model.input().dtype(), images.shape());
            var program = ModelProgram.ofInput(tf, "read", model, fed);
            program.useConstants(ModelProgram.buildConstants(tf, "read", model));
            return ComparedOutputs.of(model).run(session.runner().feed(fed, images), program);
        }
    }
}
