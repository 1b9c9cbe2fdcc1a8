package sckd.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import sckd.savedmodel.ClassifierModel;
import sckd.savedmodel.ModelInstance;
import sckd.savedmodel.ModelVariable;

/** Every model is read as it was saved: it computes the logits that its layers did, and each variable is bound to all keys that hold it. */
@Tag("interop")
class FrozenModelsTest {
    static Stream<String> names() {
        return MadeModels.names().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void computesTheLogitsOfPython(String name) {
        NamedCheck.run("logits", name, () -> {
            var recorded = MadeModels.recorded(name);
            var actual = logits(ClassifierModel.read(MadeModels.model(name)), recorded, name);
            var expected = recorded.logits().read(MadeModels.directory(name));
            boolean areGiven =
                    recorded.outputs().values().stream().anyMatch(output -> output.kind() == OutputKind.LOGITS);
            if (!areGiven) { // a softmax tells them up to a constant an image
                int classes = recorded.logits().shape().get(1);
                center(actual, classes);
                center(expected, classes);
            }
            Values.checkClose(name + ": logits", actual, expected, tolerance(recorded));
        });
    }

    @ParameterizedTest
    @MethodSource("names")
    void bindsEveryTrainableVariableToAllOfItsKeys(String name) {
        NamedCheck.run("binding", name, () -> {
            var model = ClassifierModel.read(MadeModels.model(name));
            var expected = MadeModels.recorded(name).trainable().stream()
                    .map(variable -> new HashSet<>(variable.keys()))
                    .toList();
            assertThat(model.variables())
                    .filteredOn(ModelVariable::trainable)
                    .extracting(variable -> new HashSet<>(variable.keys()))
                    .containsExactlyInAnyOrderElementsOf(expected);
        });
    }

    private static void center(float[] logits, int classes) {
        for (int from = 0; from < logits.length; from += classes) {
            float mean = 0;
            for (int k = from; k < from + classes; k++) {
                mean += logits[k] / classes;
            }
            for (int k = from; k < from + classes; k++) {
                logits[k] -= mean;
            }
        }
    }

    /** Half floats are rounded differently by every way of computing them. */
    private static double tolerance(Recorded recorded) {
        return recorded.policy() == null || recorded.policy().equals("float64") ? 1e-5 : 1e-2;
    }

    private static float[] logits(ClassifierModel model, Recorded recorded, String name) {
        var input = recorded.input();
        try (var graph = new Graph();
                var images = Values.tensor(input.shapeArray(), input.read(MadeModels.directory(name)))) {
            var tf = Ops.create(graph);
            var fed = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(input.shapeArray())));
            var instance = ModelInstance.buildFrozen(tf, "teacher", model, fed, List.of());
            try (var session = new Session(graph);
                    var result = session.runner()
                            .feed(fed, images)
                            .fetch(instance.logits())
                            .run()) {
                return Values.read((TFloat32) result.get(0));
            }
        }
    }
}
