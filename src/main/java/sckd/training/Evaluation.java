package sckd.training;

import java.util.List;
import java.util.function.IntConsumer;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import sckd.UserException;
import sckd.data.ImageSet;
import sckd.savedmodel.ModelInstance;

/** Judges a model as it is, in inference. */
public final class Evaluation {
    private Evaluation() {}

    /** Top-1, top-5 and loss on all images. */
    public static EvaluationResult run(NamedModel model, ImageSet images) {
        return run(model, images, judged -> {});
    }

    /**
     * Top-1, top-5 and loss on all images.
     *
     * @param progress told after each batch how many images are judged
     * @throws UserException if the model does not take such images or knows fewer classes than their labels
     */
    public static EvaluationResult run(NamedModel model, ImageSet images, IntConsumer progress) {
        model.checkChannels(images);
        try (var graph = new Graph()) {
            var tf = Ops.create(graph);
            var evaluation = EvaluationGraph.build(
                    tf.withSubScope("evaluation"), "images", images, pixels -> ModelInstance.buildFrozen(
                                    tf,
                                    model.name(),
                                    model.model(),
                                    model.input().build(tf.withSubScope("input"), pixels),
                                    List.of())
                            .logits());
            try (var session = new Session(graph)) {
                evaluation.images().load(session);
                return evaluation.run(session, progress);
            }
        }
    }
}
