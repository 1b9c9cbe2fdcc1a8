package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import sckd.UserException;
import sckd.graph.SessionRuns;
import sckd.graph.TensorBundle;
import sckd.graph.Variable;
import sckd.graph.VariableBundle;

class StudentExportTest {
    private static final float[] TRAINED = {-1, 0, 2.5f, 4, 1, -2};

    @TempDir
    private Path directory;

    private ClassifierModel model;

    /** Two features → three classes, with a counter on the path, Adam's slot and step, and files of all sorts beside. */
    @BeforeEach
    void writeModel() throws IOException {
        var sketch = new ModelSketch();
        var x = sketch.images(-1, 2);
        var dense = sketch.layer("dense");
        var kernel = sketch.variable(dense, "kernel", true, Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
        var counter = sketch.variable(
                dense, "counter", false, Shape.scalar(), sketch.tf().constant(3L), TInt64.class, DataType.DT_INT64);
        var logits = dense.math.mul(dense.linalg.matMul(x, kernel), dense.dtypes.cast(counter, TFloat32.class));
        sketch.alsoInCheckpoint("adam/slot", sketch.floats(Shape.of(2), 7, 8));
        sketch.alsoInCheckpoint("adam/step", sketch.tf().constant(9L));
        model = sketch.write(
                directory.resolve("original"),
                logits,
                Map.of("probabilities", sketch.tf().nn.softmax(logits)));
        write("original/keras_metadata.pb", "metadata");
        write("original/fingerprint.pb", "hash of the old values");
        write("original/assets/words.txt", "cat\ndog\n");
        write("original/assets.extra/sckd.json", "{}");
    }

    @Test
    void theExportHoldsTheTrainedValuesUnderEveryKeyAndAllElseAsItWas() throws IOException {
        var target = directory.resolve("models/student");
        StudentExport.write(model, checkpoint("student", TRAINED), "student", target);

        var before = Checkpoint.find(model.directory()).orElseThrow().entries();
        var after = Checkpoint.find(target).orElseThrow().entries();
        assertThat(after.keySet()).isEqualTo(before.keySet());
        before.forEach((key, entry) -> {
            assertThat(after.get(key).getDtype()).as(key).isEqualTo(entry.getDtype());
            assertThat(after.get(key).getShape()).as(key).isEqualTo(entry.getShape());
        });
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var bundle = new TensorBundle(target.resolve("variables/variables"));
            var keys = List.of(
                    "dense/kernel/.VALUE",
                    "copies/dense/kernel/.VALUE",
                    "adam/slot",
                    "adam/step",
                    "dense/counter/.VALUE",
                    "_CHECKPOINTABLE_OBJECT_GRAPH");
            var runner = session.runner();
            bundle.buildRestore(
                            Ops.create(graph),
                            keys,
                            keys.stream().map(key -> before.get(key).getDtype()).toList())
                    .forEach(runner::fetch);
            try (var result = runner.run()) {
                assertThat(floats((TFloat32) result.get(0))).isEqualTo(TRAINED);
                assertThat(floats((TFloat32) result.get(1))).isEqualTo(TRAINED);
                assertThat(floats((TFloat32) result.get(2))).containsExactly(7, 8);
                assertThat(((TInt64) result.get(3)).getLong()).isEqualTo(9);
                assertThat(((TInt64) result.get(4)).getLong()).isEqualTo(3);
                assertThat(((TString) result.get(5)).getObject()).isEqualTo(ModelSketch.OBJECTS);
            }
        }
    }

    @Test
    void otherFilesAreEqualByteForByteAndTheFingerprintIsGone() throws IOException {
        var target = directory.resolve("student");
        StudentExport.write(model, checkpoint("student", TRAINED), "student", target);
        var before = readFiles(model.directory());
        var after = readFiles(target);
        assertThat(before.keySet())
                .contains("saved_model.pb", "keras_metadata.pb", "assets/words.txt", "assets.extra/sckd.json");
        before.remove("fingerprint.pb");
        for (var files : List.of(before, after)) {
            assertThat(files.keySet().removeIf(name -> name.startsWith("variables/")))
                    .isTrue();
        }
        assertThat(after).isEqualTo(before);
    }

    @Test
    void aLoaderComputesWithTheTrainedValues() {
        var target = directory.resolve("student");
        StudentExport.write(model, checkpoint("student", TRAINED), "student", target);
        try (var bundle = SavedModelBundle.load(target.toString(), "serve");
                var images = TFloat32.tensorOf(Shape.of(1, 2), DataBuffers.of(1f, 2f));
                var result = bundle.call(Map.of("images", images))) {
            var exponentials = new double[3];
            for (int k = 0; k < 3; k++) {
                exponentials[k] = Math.exp(3 * (TRAINED[k] + 2 * TRAINED[3 + k]));
            }
            double sum = Arrays.stream(exponentials).sum();
            var probabilities = floats((TFloat32) result.get("probabilities").orElseThrow());
            for (int k = 0; k < 3; k++) {
                assertThat((double) probabilities[k])
                        .isCloseTo(exponentials[k] / sum, org.assertj.core.data.Offset.offset(1e-6));
            }
        }
    }

    /** Nothing of it can have been trained. */
    @Test
    void aModelWithoutVariablesIsCopiedAsItIs() throws IOException {
        var source = TinyClassifier.write(directory.resolve("constant"), 3);
        write("constant/fingerprint.pb", "still true");
        var target = directory.resolve("student");
        StudentExport.write(ClassifierModel.read(source), directory.resolve("nothing"), "student", target);

        assertThat(readFiles(target))
                .isEqualTo(readFiles(source))
                .containsOnlyKeys("saved_model.pb", "assets/about.txt", "fingerprint.pb");
    }

    @Test
    void aTargetThatHoldsSomethingIsLeftAsItIs() throws IOException {
        write("taken/note.txt", "mine");
        var target = directory.resolve("taken");
        var checkpoint = checkpoint("student", TRAINED);
        assertThatThrownBy(() -> StudentExport.write(model, checkpoint, "student", target))
                .isInstanceOf(UserException.class)
                .hasMessage(target + ": exists already; expected a new or empty directory: name another or remove it");
        assertThat(readFiles(target).keySet()).containsExactly("note.txt");
    }

    @Test
    void aCheckpointOfAnotherModelLeavesNothing() throws IOException {
        var target = directory.resolve("student");
        var checkpoint = checkpoint("teacher", TRAINED);
        assertThatThrownBy(() -> StudentExport.write(model, checkpoint, "student", target))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(target + ": cannot be written: ")
                .hasMessageContaining("student/dense/kernel");
        try (var left = Files.list(directory)) {
            assertThat(left.map(path -> path.getFileName().toString())).noneMatch(name -> name.contains("student"));
        }
    }

    @Test
    void aModelThatComputesSomethingElseIsNotHandedOut() {
        var checkpoint = checkpoint("student", TRAINED);
        assertThatThrownBy(() -> ExportCheck.check(model.directory(), model, checkpoint, "student"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageMatching("\\Q" + model.directory()
                        + ": output 'probabilities' of the model as written is off by \\E[01]\\.\\d+\\Q, of at most \\E[01]\\.\\d+"
                        + "\\Q; expected what the training computes\\E");
    }

    private Path checkpoint(String prefix, float... kernel) {
        var path = directory.resolve("checkpoint");
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var variable = Variable.build(tf, prefix + "/dense/kernel", Shape.of(2, 3));
            Operand<TFloat32> value = tf.constant(Shape.of(2, 3), DataBuffers.of(kernel));
            SessionRuns.run(session, List.of(variable.buildAssign(tf, value)));
            VariableBundle.build(tf, List.of(variable)).save(session, path);
        }
        return path;
    }

    private void write(String name, String text) throws IOException {
        var path = directory.resolve(name);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private static float[] floats(TFloat32 tensor) {
        var values = new float[(int) tensor.size()];
        tensor.asRawTensor().data().asFloats().read(values);
        return values;
    }

    private static Map<String, String> readFiles(Path directory) throws IOException {
        var files = new TreeMap<String, String>();
        try (var walk = Files.walk(directory)) {
            for (var path : walk.filter(Files::isRegularFile).toList()) {
                files.put(
                        directory.relativize(path).toString(),
                        java.util.HexFormat.of().formatHex(Files.readAllBytes(path)));
            }
        }
        return files;
    }
}
