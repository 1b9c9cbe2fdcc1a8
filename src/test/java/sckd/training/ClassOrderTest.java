package sckd.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.UserException;
import sckd.data.DataSet;
import sckd.data.ImageSet;
import sckd.distillation.CosineGate;
import sckd.distillation.DistillationTerm;
import sckd.distillation.OutputLoss;
import sckd.savedmodel.ModelSettings;

class ClassOrderTest {
    private static final List<String> LABELS = List.of("cat", "dog", "eel");

    private static ClassOrder find(boolean isStated, String... own) {
        return ClassOrder.find("m", List.of(own), isStated, LABELS);
    }

    @Test
    void namesThatAreUnknownOrTheSameLeaveTheOrder() {
        assertThat(find(false)).isEqualTo(ClassOrder.AS_IT_IS);
        assertThat(find(true, "cat", "dog", "eel")).isEqualTo(ClassOrder.AS_IT_IS);
        assertThat(find(true, "Cat", " dog ", "EEL")).isEqualTo(ClassOrder.AS_IT_IS);
    }

    @Test
    void anotherOrderAndMoreClassesAreFoundByName() {
        assertThat(find(false, "eel", "cat", "dog"))
                .isEqualTo(new ClassOrder(
                        List.of(1, 2, 0), Optional.of("Its logits are taken in the data set's order of classes.")));
        assertThat(find(false, "ant", "dog", "bee", "eel", "cat"))
                .isEqualTo(new ClassOrder(
                        List.of(4, 1, 3),
                        Optional.of("Its logits are taken in the data set's order of classes, 3 of its 5.")));
        assertThat(find(false, "cat", "dog", "eel", "fox").positions()).containsExactly(0, 1, 2);
    }

    /** EMNIST has both A and a: what is the same letter by letter goes first. */
    @Test
    void signsAndCaseCountOnlyWhereNothingElseFits() {
        assertThat(ClassOrder.find("m", List.of("b", "a", "A"), false, List.of("A", "b", "a"))
                        .positions())
                .containsExactly(2, 0, 1);
        assertThat(ClassOrder.find(
                                "m",
                                List.of("Pickup Truck", "aquarium_fish"),
                                false,
                                List.of("aquarium fish", "pickup_truck"))
                        .positions())
                .containsExactly(1, 0);
        assertThat(ClassOrder.find("m", List.of("+", "-"), false, List.of("-", "+"))
                        .positions())
                .containsExactly(1, 0);
    }

    @Test
    void namesOfAnotherLanguageLeaveTheOrderUnlessTheyAreStated() {
        assertThat(find(false, "Katze", "Hund", "Aal"))
                .isEqualTo(new ClassOrder(
                        List.of(),
                        Optional.of(
                                "None of its class names is one of the data set's; their order is taken as it is.")));
        assertThatThrownBy(() -> find(true, "Katze", "Hund", "Aal"))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "m: its classes lack 'cat' of the data set's; known: Aal, Hund, Katze; state `classes` in its own order");
    }

    @Test
    void namesOfWhichOnlySomeFitAreRefused() {
        assertThatThrownBy(() -> find(false, "dgo", "cat", "eel"))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "m: its classes lack 'dog' of the data set's; nearest: dgo; state `classes` in its own order");
        assertThatThrownBy(() -> find(false, "cat", "dog", "dog", "eel"))
                .hasMessage("m: its classes have 'dog' of the data set's 2 times; expected once");
        assertThatThrownBy(() -> ClassOrder.find("m", List.of("A", "b"), false, List.of("a", "A")))
                .hasMessage("m: two of the data set's classes are the same one of its own; state `classes`");
    }

    @TempDir
    private Path directory;

    private static DataSet dataSet(List<String> classes) {
        var images = new ImageSet(new byte[] {0, 51, 102, (byte) 255, 9, 8, 7, 6}, new int[] {0, 2}, 2, 2, 1);
        return new DataSet("tiny", classes, images, images, TwoLayers.INPUT);
    }

    private NamedModel read(TwoLayers model, List<String> classes, List<String> labels) {
        var read = model.write("model", directory.resolve(String.join("-", labels)))
                .model();
        var stated = ModelSettings.NONE.withClasses(classes);
        return NamedModel.of("model", read.withSettings(stated), stated, dataSet(labels));
    }

    @Test
    void anEvaluationSeesTheLabelsOrder() {
        var layers = TwoLayers.random(3);
        var images = dataSet(LABELS).test();
        var plain = Evaluation.run(read(layers, LABELS, LABELS), images, 3);
        // the same model under other names, judged by labels of other ids: class c of the one is class 2 − c of the
        // other
        var turned = new ImageSet(new byte[] {0, 51, 102, (byte) 255, 9, 8, 7, 6}, new int[] {2, 0}, 2, 2, 1);
        var reversed = read(layers, LABELS, List.of("eel", "dog", "cat"));
        assertThat(Evaluation.run(reversed, turned, 3).loss()).isCloseTo(plain.loss(), within(1e-6));
        assertThat(reversed.model().notes())
                .containsExactly("Its logits are taken in the data set's order of classes.");
    }

    /** The names of both models are turned around, and so are the labels. */
    @Test
    void aTrainingSeesTheLabelsOrder() throws IOException {
        var teacher = TwoLayers.random(8);
        var plain = train("plain", LABELS, LABELS, teacher, new int[] {0, 2});
        var turned = train("turned", LABELS, List.of("eel", "dog", "cat"), teacher, new int[] {2, 0});
        assertThat(turned).hasSameSizeAs(plain).hasSize(3);
        for (int i = 0; i < plain.size(); i++) {
            assertThat(turned.get(i).supervisedLoss()).isCloseTo(plain.get(i).supervisedLoss(), within(1e-6f));
            assertThat(turned.get(i).losses().get(0).loss())
                    .isCloseTo(plain.get(i).losses().get(0).loss(), within(1e-6f));
            assertThat(turned.get(i).gradientNorm()).isCloseTo(plain.get(i).gradientNorm(), within(1e-5f));
        }
    }

    private List<StepRecord> train(String name, List<String> own, List<String> labels, TwoLayers teacher, int[] ids)
            throws IOException {
        var student = read(TwoLayers.random(3), own, labels);
        var place = directory.resolve(name + "-teacher");
        var read = teacher.write("teacher", place).model();
        var stated = ModelSettings.NONE.withClasses(own);
        var teaching = NamedModel.of("teacher", read.withSettings(stated), stated, dataSet(labels));
        var none = Optional.<String>empty();
        var term = new DistillationTerm("output", new OutputLoss(2), "teacher", none, none, 1);
        var images = new ImageSet(new byte[] {0, 51, 102, (byte) 255, 9, 8, 7, 6}, ids, 2, 2, 1);
        var data = new TrainingData(labels.size(), images, Optional.empty(), images, List.of());
        var plan = new TrainingPlan(
                3,
                2,
                new Sgd(.05f, 0, false, new WeightDecay(0, false)),
                new Schedule.Constant(),
                OptionalDouble.empty(),
                1);
        var task = new TrainingTask(1, data, student, List.of(teaching), 1, List.of(term), new CosineGate(-1), plan);
        var listener = new RecordingListener();
        Trainer.train(task, Files.createDirectory(directory.resolve(name)), listener, () -> false);
        return listener.steps;
    }

    /** It has a logit for each class and no more. */
    @Test
    void aStudentOfMoreClassesIsRefused() throws IOException {
        assertThatThrownBy(() -> train("more", LABELS, List.of("eel", "cat"), TwoLayers.random(8), new int[] {0, 1}))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("its logits are for 3 classes, the data set has");
    }

    @Test
    void aTeacherOfMoreClassesGivesThoseOfTheLabels() {
        var few = read(TwoLayers.random(3), LABELS, List.of("eel", "cat"));
        var images = new ImageSet(new byte[] {0, 51, 102, (byte) 255}, new int[] {1}, 2, 2, 1);
        assertThat(Evaluation.run(few, images, 2).images()).isEqualTo(1);
    }

    /** As the gradient of logits that a matrix puts into that order. */
    @Test
    void theGradientGoesBackToWhereTheLogitCameFrom() {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var logits = tf.constant(new float[][] {{1, 2, 3}, {4, 5, 6}});
            Operand<TFloat32> ordered = find(false, "eel", "cat", "dog").build(tf, logits);
            var weights = tf.constant(new float[][] {{1, 10, 100}, {2, 20, 200}});
            var loss = tf.reduceSum(tf.math.mul(ordered, weights), tf.array(0, 1));
            var gradient = graph.addGradients(loss.asOutput(), new org.tensorflow.Output<?>[] {logits.asOutput()});
            try (var result = session.runner().fetch(ordered).fetch(gradient[0]).run()) {
                var values = (TFloat32) result.get(0);
                assertThat(values.getFloat(1, 0)).isEqualTo(5); // cat
                assertThat(values.getFloat(1, 2)).isEqualTo(4); // eel
                var found = (TFloat32) result.get(1);
                assertThat(new float[] {found.getFloat(0, 0), found.getFloat(0, 1), found.getFloat(0, 2)})
                        .containsExactly(100, 1, 10);
            }
        }
    }
}
