package sckd.savedmodel;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;

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
