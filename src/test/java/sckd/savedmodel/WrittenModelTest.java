package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/**
 * A model that as a whole needs all its inputs, as one function call does: an IdentityN of scores, metadata and text. Flat, its scores need the
 * images, a training flag that multiplies them by 5, and a share to keep.
 */
class WrittenModelTest {
    private static final int CLASSES = 3;
    private static final Shape IMAGES = Shape.of(-1, 2, 2, 1);

    @TempDir
    private Path directory;

    private ClassifierModel write() {
        var place = directory.resolve("model");
        try (var graph = new Graph()) {
            var tf = Ops.create(graph);
            var inputs = new LinkedHashMap<String, Operand<?>>();
            Operand<TFloat32> images = tf.withName("images").placeholder(TFloat32.class, Placeholder.shape(IMAGES));
            Operand<TBool> training = tf.withName("flag").placeholder(TBool.class, Placeholder.shape(Shape.scalar()));
            Operand<TFloat32> keep = tf.withName("keep").placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
            Operand<TFloat32> meta =
                    tf.withName("meta").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 5)));
            Operand<TString> text = tf.withName("text").placeholder(TString.class, Placeholder.shape(Shape.of(-1)));
            inputs.put("images", images);
            inputs.put("training", training);
            inputs.put("keep_prob", keep);
            inputs.put("meta", meta);
            inputs.put("text", text);
            var kernel = SavedVariable.build(tf, "dense/kernel", Shape.of(4, CLASSES), true, () ->
                    new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 7, 6});
            var flat = tf.reshape(images, tf.constant(new int[] {-1, 4}));
            var product = tf.linalg.matMul(flat, kernel.variable().value());
            var factor = tf.math.mul(keep, tf.select(training, tf.constant(5f), tf.constant(1f)));
            var call = tf.identityN(List.of(tf.math.mul(product, factor), meta, text));
            var outputs = Map.<String, Operand<?>>of(
                    "scores", call.output().get(0), "said", call.output().get(2));
            SavedModelWriter.write(
                    new SavedModelWriter.Source(
                            graph,
                            List.of(kernel),
                            Map.of("serving_default", new GraphSignature(inputs, outputs)),
                            ModelCard.EMPTY),
                    place);
        }
        return ClassifierModel.read(place);
    }

    private Path save(ClassifierModel model, float addition) {
        var checkpoint = directory.resolve("trained" + addition);
        TrainedCheckpoint.write(model, checkpoint, (tf, variables) -> variables.byHandle().values().stream()
                .map(variable ->
                        tf.assignAddVariableOp(variable.handle(), tf.fill(tf.array(4, CLASSES), tf.constant(addition))))
                .toList());
        return checkpoint;
    }

    @Test
    void everyInputIsFedWhereAModelIsCheckedAsLoaded() {
        var model = write();
        assertThat(model.notes()).contains("The output 'said' needs 'text' fed; it is not used.");
        var target = directory.resolve("exported");
        StudentExport.write(model, save(model, 0), "student", target);
        assertThat(target.resolve("saved_model.pb")).exists();
    }

    @Test
    void anotherModelIsToldFromTheTrainedOne() {
        var model = write();
        assertThatThrownBy(() -> ExportCheck.check(model.directory(), model, save(model, 1), "student"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("output 'scores' of the model as written is off by");
    }
}
