package sckd.training;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.IntConsumer;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import sckd.data.LabelledImages;
import sckd.savedmodel.ModelInstance;

/** Judges a model as it is, in inference. */
public final class Evaluation {
    private Evaluation() {}

    /** As below, without telling how far it is. */
    public static EvaluationResult run(NamedModel model, LabelledImages images, int classes) {
        return run(model, images, classes, judged -> {});
    }

    /**
     * Top-1, top-5 and loss on all images.
     *
     * @param classes of the images' labels
     * @param progress told after each batch how many images are judged
     * @throws sckd.UserException if the model does not take such images, or is one for another number of classes
     */
    public static EvaluationResult run(NamedModel model, LabelledImages images, int classes, IntConsumer progress) {
        return judge(model, images, classes, (evaluation, session) -> evaluation.run(session, progress));
    }

    /** What the model says of each image; otherwise as above. */
    public static Predictions predict(NamedModel model, LabelledImages images, int classes) {
        var predicted = judge(model, images, classes, EvaluationGraph::predict);
        return new Predictions(images.labels(), predicted, classes);
    }

    private static <R> R judge(
            NamedModel model, LabelledImages images, int classes, BiFunction<EvaluationGraph, Session, R> ask) {
        try (var graph = new Graph()) {
            var tf = Ops.create(graph);
            var evaluation = EvaluationGraph.build(
                    tf.withSubScope("evaluation"),
                    "images",
                    images,
                    model.model().fixedBatch(),
                    pixels -> buildLogits(tf, model, pixels, classes));
            try (var device = evaluation.images();
                    var session = openSession(graph)) {
                device.load(session);
                return ask.apply(evaluation, session);
            }
        }
    }

    private static Operand<TFloat32> buildLogits(Ops tf, NamedModel model, Operand<TFloat32> pixels, int classes) {
        var images = model.buildInput(tf.withSubScope("input"), pixels);
        var instance = model.buildInOrder(tf, ModelInstance.buildFrozen(tf, "model", model.model(), images, List.of()));
        model.checkClasses(instance.logits(), classes);
        return instance.logits();
    }

    /** On the device that TensorFlow chooses for each op; on the CPU where the GPU has no kernel. */
    static Session openSession(Graph graph) {
        return new Session(
                graph, ConfigProto.newBuilder().setAllowSoftPlacement(true).build());
    }
}
