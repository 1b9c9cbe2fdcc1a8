package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import sckd.Shared;
import sckd.graph.SessionRuns;
import sckd.graph.TensorBundle;
import sckd.graph.VariableBundle;

/** Models that others published, as TF 1.10 and TF 1.12 wrote them. */
class Tf1ModelsTest {
    private static final Shape IMAGES = Shape.of(2, 32, 32, 3);
    private static final int CLASSES = 10;

    @TempDir
    private Path directory;

    @Test
    void theVariablesOfAModelThatCarriesItsTrainingAreBound() {
        var inspection = Inspection.of(Shared.require("models/wild/tf1-cifar"));
        var model = ClassifierModel.read(inspection.directory());

        assertThat(inspection.faults()).isEmpty();
        assertThat(inspection.withoutGradient()).isEmpty();
        assertThat(model.logits()).hasToString("add_1:0");
        assertThat(model.variables())
                .allMatch(ModelVariable::trainable)
                .extracting(ModelVariable::handle, ModelVariable::keys)
                .containsExactlyInAnyOrder(
                        tuple("Wconv1", List.of("Wconv1")),
                        tuple("bconv1", List.of("bconv1")),
                        tuple("W1", List.of("W1")),
                        tuple("b1", List.of("b1")));
    }

    @Test
    void theVariablesOfAModelOfFlatImagesAreBound() {
        var inspection = Inspection.of(Shared.require("models/wild/tf1-softmax"));

        assertThat(inspection.parameters()).hasValue(784 * CLASSES + CLASSES);
        assertThat(inspection.trainableParameters()).hasValue(784 * CLASSES + CLASSES);
    }

    @Test
    void asStudentAndAsTeacherItComputesWhatWasRecorded() throws IOException {
        var model = ClassifierModel.read(Shared.require("models/wild/tf1-cifar"));
        var recorded = new ObjectMapper()
                .readTree(Shared.require("models/wild/golden.json").toFile())
                .at("/tf1-cifar/output/Output/first_2_rows_first_16");
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var images = tf.constant(IMAGES, DataBuffers.of(pixels()));
            var variables = ModelVariables.build(tf, "student", model);
            SessionRuns.run(session, List.of(variables.restore()));
            var student = ModelInstance.buildInference(tf, "student", model, variables, images, List.of());
            var teacher = ModelInstance.buildFrozen(tf, "teacher", model, images, List.of());
            for (var logits : GraphRun.floats(session, List.of(student.logits(), teacher.logits()), List.of())) {
                for (int i = 0; i < 2 * CLASSES; i++) {
                    float expected = recorded.get(i / CLASSES).get(i % CLASSES).floatValue();
                    assertThat(logits[i]).as("logit %d", i).isEqualTo(expected, within(1e-5f));
                }
            }
        }
    }

    @Test
    void afterFiveStepsTheExportComputesWhatTheTrainingDoesAndKeepsTheSlots() {
        var model = ClassifierModel.read(Shared.require("models/wild/tf1-cifar"));
        var target = directory.resolve("student");
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var images = tf.constant(IMAGES, DataBuffers.of(pixels()));
            var variables = ModelVariables.build(tf, "student", model);
            SessionRuns.run(session, List.of(variables.restore()));
            var student = ModelInstance.buildTraining(tf, "student", model, variables, images, List.of());
            var labels = tf.oneHot(tf.array(3, 7), tf.constant(CLASSES), tf.constant(1f), tf.constant(0f));
            var loss = tf.math.mean(
                    tf.nn.softmaxCrossEntropyWithLogits(student.logits(), labels)
                            .loss(),
                    tf.constant(0));
            var step = buildStep(graph, tf, variables, loss);

            float before = GraphRun.floats(session, loss)[0];
            for (int i = 0; i < 5; i++) {
                SessionRuns.run(session, step);
            }
            assertThat(GraphRun.floats(session, loss)[0]).isLessThan(before - .01f);

            var checkpoint = directory.resolve("checkpoint");
            VariableBundle.build(tf, List.copyOf(variables.byHandle().values())).save(session, checkpoint);
            StudentExport.write(model, checkpoint, "student", target);
            var trained = GraphRun.floats(session, student.logits());
            assertThat(loaded(target)).containsExactly(trained, within(1e-5f));
            for (var slot : List.of("W1/Adam", "Wconv1/Adam_1", "beta1_power")) {
                assertThat(stored(tf, session, target, slot))
                        .as(slot)
                        .isEqualTo(stored(tf, session, model.directory(), slot));
            }
        }
        assertThat(ClassifierModel.read(target).variables()).isEqualTo(model.variables());
        assertThat(target.resolve("saved_model.pb"))
                .hasSameBinaryContentAs(model.directory().resolve("saved_model.pb"));
    }

    /** Plain gradient descent. */
    private static List<Op> buildStep(Graph graph, Ops tf, ModelVariables variables, Operand<TFloat32> loss) {
        var trainable = variables.trainable();
        var gradients = graph.addGradients(
                loss.asOutput(),
                trainable.stream().map(variable -> variable.value().asOutput()).toArray(Output<?>[]::new));
        var step = new ArrayList<Op>();
        for (int i = 0; i < gradients.length; i++) {
            var change = tf.math.mul(tf.constant(.001f), gradients[i].expect(TFloat32.class));
            var variable = trainable.get(i);
            step.add(variable.buildAssign(tf, tf.math.sub(variable.value(), change)));
        }
        return step;
    }

    private static float[] pixels() {
        var pixels = new float[(int) IMAGES.size()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = i * 7919L % 1000 / 1000f; // the rule of the recorded inputs
        }
        return pixels;
    }

    private static float[] loaded(Path model) {
        try (var bundle = SavedModelBundle.load(model.toString(), "serve");
                var fed = TFloat32.tensorOf(IMAGES, DataBuffers.of(pixels()));
                var result = bundle.call(Map.of("Input", fed))) {
            var values = new float[2 * CLASSES];
            ((TFloat32) result.get("Output").orElseThrow())
                    .asRawTensor()
                    .data()
                    .asFloats()
                    .read(values);
            return values;
        }
    }

    private static float[] stored(Ops tf, Session session, Path model, String key) {
        var value = new TensorBundle(model.resolve("variables/variables"))
                .buildRestore(tf, List.of(key), List.of(DataType.DT_FLOAT))
                .get(0);
        return GraphRun.floats(session, value.asOutput().expect(TFloat32.class));
    }
}
