package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sckd.savedmodel.GraphText.constant;
import static sckd.savedmodel.GraphText.floatScalar;
import static sckd.savedmodel.GraphText.intScalar;
import static sckd.savedmodel.GraphText.integer;
import static sckd.savedmodel.GraphText.ints;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.placeholder;
import static sckd.savedmodel.GraphText.type;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorProto;
import sckd.UserException;

/** Models of images {@code [B, 2, 2, 1]} whose signature and graph both say B. */
class BatchRewriteTest {
    private static final String REWRITTEN =
            "The model's batch was fixed at %d; its graph is rewritten to take any number of images.";
    private static final String KEPT =
            "The model's batch is fixed at %d: fewer images are filled up with zeros, whose results are dropped.";
    private static final Map<String, AttrValue> INDEX = Map.of("Index", type(DataType.DT_INT32));
    private static final Map<String, AttrValue> TWO = Map.of("N", integer(2), "Tidx", type(DataType.DT_INT32));

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"3, '3,4'", "3, '3,-1'", "3, '-1,4'", "1, '1,4'", "1, '1,-1'"})
    void aReshapeFollowsTheImages(int batch, String sizes) {
        var shape = ints(
                List.of(sizes.split(",")).stream().mapToInt(Integer::parseInt).toArray());
        var model = read(batch, constant("shape", shape), node("out", "Reshape", "images", "shape"));
        assertThat(model.fixedBatch()).isEmpty();
        for (int images : new int[] {1, 2, 3, 4}) {
            assertThat(run(model, images)).isEqualTo(pixels(images));
        }
    }

    /** Rows of pixels and back again: the first shape says 3 · 4 rows. */
    @Test
    void aMultipleOfTheBatchFollowsTheImages() {
        var model = read(
                3,
                constant("rows", ints(12, 1)),
                constant("again", ints(3, 4)),
                node("pixels", "Reshape", "images", "rows"),
                node("out", "Reshape", "pixels", "again"));
        assertThat(model.notes()).containsExactly(REWRITTEN.formatted(3));
        assertThat(run(model, 2)).isEqualTo(pixels(2));
        assertThat(run(model, 5)).isEqualTo(pixels(5));
    }

    @Test
    void aSliceEndsWithTheImages() {
        var model = read(
                3,
                constant("shape", ints(3, 4)),
                node("flat", "Reshape", "images", "shape"),
                constant("begin", ints(0, 1)),
                constant("end", ints(3, 4)),
                constant("strides", ints(1, 1)),
                node("out", "StridedSlice", INDEX, "flat", "begin", "end", "strides"));
        assertThat(run(model, 5)).hasSize(5 * 3).startsWith(1, 2, 3, 5, 6, 7);
    }

    /** As the token that a vision transformer puts before those of the image. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aConstantBesideTheImagesIsRepeatedForEach(int batch) {
        var token = TensorProto.newBuilder().setDtype(DataType.DT_FLOAT).setTensorShape(GraphText.shapeProto(batch, 2));
        for (int i = 0; i < batch; i++) {
            token.addFloatVal(7).addFloatVal(8);
        }
        var model = read(
                batch,
                constant("shape", ints(batch, 4)),
                node("flat", "Reshape", "images", "shape"),
                constant("token", token.build()),
                constant("axis", intScalar(1)),
                node("out", "ConcatV2", TWO, "token", "flat", "axis"));
        assertThat(run(model, 2)).containsExactly(7, 8, 0, 1, 2, 3, 7, 8, 4, 5, 6, 7);
    }

    @Test
    void zerosAsManyAsImagesFollowThem() {
        var model = read(
                3,
                constant("shape", ints(3, 4)),
                constant("one", floatScalar(1)),
                node("ones", "Fill", "shape", "one"),
                constant("vector", ints(-1, 4)),
                node("flat", "Reshape", "images", "vector"),
                node("out", "AddV2", "flat", "ones"));
        assertThat(run(model, 2)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    }

    /** The shapes would fit any number; that each image had its own value shows only when it runs. */
    @Test
    void aValueForEachImageKeepsTheBatch() {
        var bias = TensorProto.newBuilder().setDtype(DataType.DT_FLOAT).setTensorShape(GraphText.shapeProto(3, 1));
        bias.addFloatVal(0).addFloatVal(10).addFloatVal(20);
        var model = read(
                3,
                constant("shape", ints(3, 4)),
                node("flat", "Reshape", "images", "shape"),
                constant("bias", bias.build()),
                node("out", "AddV2", "flat", "bias"));
        assertThat(model.fixedBatch()).hasValue(3);
        assertThat(model.notes()).containsExactly(KEPT.formatted(3));
        assertThat(run(model, 3)).containsExactly(0, 1, 2, 3, 14, 15, 16, 17, 28, 29, 30, 31);
        assertThat(run(model, 2)).containsExactly(0, 1, 2, 3, 14, 15, 16, 17);
        assertThat(run(model, 1)).containsExactly(0, 1, 2, 3);
    }

    /** Images apart and together again, in no way that has a batch. */
    @Test
    void aGraphThatTakesImagesApartKeepsTheBatch() {
        var model = read(
                2,
                node("each", "Unpack", Map.of("num", integer(2)), "images"),
                node("again", "Pack", Map.of("N", integer(2)), "each", "each:1"),
                constant("shape", ints(2, 4)),
                node("out", "Reshape", "again", "shape"));
        assertThat(model.fixedBatch()).hasValue(2);
        assertThat(model.input().shape().asArray()).containsExactly(2, 2, 2, 1);
        assertThat(run(model, 1)).containsExactly(0, 1, 2, 3);
        assertThatThrownBy(() -> run(model, 3)).hasMessageContaining("Paddings must be non-negative");
    }

    /** The signature leaves open what the graph does not. */
    @Test
    void theLogitsTellOfABatchThatTheSignatureDoesNot() {
        var model = read(-1, constant("shape", ints(3, 4)), node("out", "Reshape", "images", "shape"));
        assertThat(model.notes()).containsExactly(REWRITTEN.formatted(3));
        assertThat(run(model, 5)).isEqualTo(pixels(5));
    }

    @Test
    void aGraphThatMakesAnotherNumberOfLogitsIsRefused() {
        assertThatThrownBy(() -> read(3, constant("shape", ints(6, 2)), node("out", "Reshape", "images", "shape")))
                .isInstanceOf(UserException.class)
                .hasMessage(directory.resolve("saved_model.pb")
                        + ": the input 'images' is [3, 2, 2, 1], and the graph does not take so many images:"
                        + " its logits are [6, 2]");
    }

    @Test
    void anAbsurdBatchIsRefused() {
        assertThatThrownBy(
                        () -> read(1L << 40, constant("shape", ints(-1, 4)), node("out", "Reshape", "images", "shape")))
                .isInstanceOf(UserException.class)
                .hasMessage(directory.resolve("saved_model.pb")
                        + ": the input 'images' is [1099511627776, 2, 2, 1]; expected a batch of at most 65536 images");
    }

    @Test
    void manyImagesGoThroughSeveralInstances() {
        var model = read(
                2,
                node("each", "Unpack", Map.of("num", integer(2)), "images"),
                node("again", "Pack", Map.of("N", integer(2)), "each", "each:1"),
                constant("shape", ints(2, 4)),
                node("out", "Reshape", "again", "shape"));
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var images = tf.constant(Shape.of(5, 2, 2, 1), DataBuffers.of(pixels(5)));
            var teacher = ModelInstance.buildFrozen(tf, "teacher", model, images, List.of("again"), 6);
            assertThat(GraphRun.floats(session, teacher.logits())).isEqualTo(pixels(5));
            assertThat(GraphRun.floats(session, teacher.features().get("again")))
                    .isEqualTo(pixels(5));
            assertThat(teacher.logits().shape().get(1)).isEqualTo(4);
        }
    }

    /** Of a graph whose output is the node {@code out}. */
    private ClassifierModel read(long batch, NodeDef... nodes) {
        var all = new ArrayList<>(List.of(placeholder("images", batch, 2, 2, 1)));
        all.addAll(List.of(nodes));
        var signature = SignatureDef.newBuilder()
                .setMethodName(SmallModel.PREDICT)
                .putInputs("images", SmallModel.info("images:0", batch, 2, 2, 1))
                .putOutputs("out", SmallModel.info("out:0", batch, 4));
        SmallModel.write(
                directory,
                SmallModel.metaGraph(GraphText.graph(List.of(), all.toArray(NodeDef[]::new)))
                        .putSignatureDef("serving_default", signature.build())
                        .build());
        return ClassifierModel.read(directory);
    }

    /** 0, 1, 2, … */
    private static float[] pixels(int images) {
        var pixels = new float[images * 4];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = i;
        }
        return pixels;
    }

    private static float[] run(ClassifierModel model, int images) {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var pixels = tf.constant(Shape.of(images, 2, 2, 1), DataBuffers.of(pixels(images)));
            return GraphRun.floats(
                    session,
                    ModelInstance.buildFrozen(tf, "model", model, pixels, List.of())
                            .logits());
        }
    }
}
