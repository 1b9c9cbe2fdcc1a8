package sckd.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
import sckd.autodiff.Gradient;
import sckd.distillation.CrossEntropy;
import sckd.graph.SessionRuns;
import sckd.interop.Recorded.GradientSample;
import sckd.interop.Recorded.Trainable;
import sckd.savedmodel.ClassifierModel;
import sckd.savedmodel.ModelInstance;
import sckd.savedmodel.ModelVariable;
import sckd.savedmodel.ModelVariables;

/** The gradient of the cross-entropy by every trainable variable is that of Python's GradientTape. */
@Tag("interop")
class GradientsTest {
    /** Of the largest component of the variable's gradient. */
    private static final double OF_VARIABLE = 1e-5;
    /**
     * Beside it, of the norm of the largest of all: a gradient may be zero but for rounding, as that of a bias before a batch norm. Up to half of it is
     * what keras3-subclass takes, where a bias' gradient is a sum that cancels, and threads add in their own order; the others need a thirtieth.
     */
    private static final double OF_ALL = 1e-5;

    static Stream<String> withInferenceStatistics() {
        return namesWith(Trainable::gradient);
    }

    static Stream<String> withBatchStatistics() {
        return namesWith(Trainable::trainingGradient);
    }

    private static Stream<String> namesWith(Function<Trainable, GradientSample> recorded) {
        return MadeModels.names().stream().filter(name -> MadeModels.recorded(name).trainable().stream()
                .anyMatch(variable -> recorded.apply(variable) != null));
    }

    @ParameterizedTest
    @MethodSource
    void withInferenceStatistics(String name) {
        NamedCheck.run("gradients", name, () -> check(name, ModelInstance::buildInference, Trainable::gradient));
    }

    @ParameterizedTest
    @MethodSource
    void withBatchStatistics(String name) {
        NamedCheck.run("gradients", name, () -> check(name, ModelInstance::buildTraining, Trainable::trainingGradient));
    }

    private interface Builder {
        ModelInstance build(
                Ops tf,
                String prefix,
                ClassifierModel model,
                ModelVariables variables,
                org.tensorflow.Operand<TFloat32> images,
                List<String> features);
    }

    private static void check(String name, Builder builder, Function<Trainable, GradientSample> gradientOf) {
        var recorded = MadeModels.recorded(name);
        var model = ClassifierModel.read(MadeModels.model(name));
        var trainable =
                model.variables().stream().filter(ModelVariable::trainable).collect(Collectors.toList());
        var gradients = run(name, model, recorded, builder);
        double largest = recorded.trainable().stream()
                .mapToDouble(variable -> gradientOf.apply(variable).norm())
                .max()
                .orElseThrow();
        for (var expected : recorded.trainable()) {
            int index = IntStream.range(0, trainable.size())
                    .filter(i -> trainable.get(i) != null)
                    .filter(i -> expected.keys().containsAll(trainable.get(i).keys()))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no variable is bound to " + expected.keys()));
            trainable.set(index, null); // parts of a variable stand under one key, in their order
            checkClose(name, expected, gradients.get(index), gradientOf.apply(expected), largest);
        }
    }

    private static void checkClose(
            String name, Trainable variable, float[] actual, GradientSample expected, double largestNorm) {
        double norm = Math.sqrt(IntStream.range(0, actual.length)
                .mapToDouble(i -> (double) actual[i] * actual[i])
                .sum());
        assertThat(norm)
                .as("%s: norm of the gradient by %s", name, variable.name())
                .isCloseTo(expected.norm(), within(OF_VARIABLE * expected.norm() + OF_ALL * largestNorm));
        var sample = expected.sample().read(MadeModels.directory(name));
        int step = (actual.length + 999) / 1000;
        double largest = 0;
        for (float value : sample) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < sample.length; i++) {
            assertThat((double) actual[i * step])
                    .as("%s: gradient by %s [%d]", name, variable.name(), i * step)
                    .isCloseTo(sample[i], within(OF_VARIABLE * largest + OF_ALL * largestNorm));
        }
    }

    private static List<float[]> run(String name, ClassifierModel model, Recorded recorded, Builder builder) {
        var input = recorded.input();
        try (var graph = new Graph();
                var session = new Session(graph);
                var images = Values.tensor(input.shapeArray(), input.read(MadeModels.directory(name)))) {
            var tf = Ops.create(graph);
            var fed = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(input.shapeArray())));
            var variables = ModelVariables.build(tf, "student", model);
            var student = builder.build(tf, "student", model, variables, fed, List.of());
            var labels = tf.constant(
                    recorded.labels().stream().mapToInt(Integer::intValue).toArray());
            var loss = CrossEntropy.build(tf, student.logits(), labels);
            var values = variables.trainable().stream()
                    .map(variable -> variable.value())
                    .toList();
            var gradients = Gradient.build(tf, loss, values).buildDense(tf, values);
            SessionRuns.run(session, List.of(variables.restore()));
            var runner = session.runner().feed(fed, images);
            gradients.forEach(runner::fetch);
            try (var result = runner.run()) {
                return IntStream.range(0, gradients.size())
                        .mapToObj(i -> Values.read((TFloat32) result.get(i)))
                        .toList();
            }
        }
    }
}
