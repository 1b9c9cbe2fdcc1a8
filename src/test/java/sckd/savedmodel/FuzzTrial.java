package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;
import sckd.UserException;
import sckd.autodiff.Gradient;
import sckd.graph.SessionRuns;
import sckd.graph.TensorFlowReason;

/**
 * Uses a model as the program would: inspects it, reads it, runs a batch through it as a teacher, compares that with what TensorFlow's own loader
 * computes, trains it for a step. A model may be refused in one line; one that is accepted must do what it says.
 */
final class FuzzTrial {
    /** How far a model came. */
    enum Outcome {
        REFUSED,
        /** Accepted, and images of its size are not to be had. */
        UNUSUAL_IMAGES,
        /** TensorFlow stops it with a message: values that no check of shapes can foresee. */
        FAILS_WHEN_RUN,
        /** TensorFlow's loader does not take it, for what we do not use of it. */
        LOADER_REFUSES,
        /** It draws numbers, so there is nothing to compare. */
        RANDOM,
        AS_LOADED
    }

    private static final int BATCH = 2;
    private static final int ANY_SIZE = 4;
    private static final int MOST_PIXELS = 100_000;
    private static final double TOLERANCE = 1e-4;
    private static final String RANDOM_OPS =
            ".*Random.*|.*Normal|Multinomial|StatelessMultinomial|FractionalAvgPool|FractionalMaxPool";

    private final ClassifierModel model;
    private final Shape shape;
    private final float[] pixels;

    private FuzzTrial(ClassifierModel model) {
        this.model = model;
        shape = imageShape(model.input().shape());
        pixels = shape.size() > MOST_PIXELS || shape.size() < 0 ? null : pixels((int) shape.size());
    }

    static Outcome run(Path directory) {
        ClassifierModel model;
        String refusal = null;
        try {
            model = ClassifierModel.read(directory);
        } catch (UserException e) {
            assertThat(e.getMessage()).doesNotContain("\n").isNotBlank();
            model = null;
            refusal = e.getMessage();
        }
        checkInspection(directory, refusal);
        try {
            return model == null ? Outcome.REFUSED : new FuzzTrial(model).run();
        } catch (UserException e) {
            assertThat(e.getMessage()).doesNotContain("\n").isNotBlank();
            return Outcome.REFUSED;
        }
    }

    private static void checkInspection(Path directory, String refusal) {
        try {
            var faults = Inspection.of(directory).faults();
            assertThat(faults.isEmpty())
                    .as("inspection: %s; reading: %s", faults, refusal)
                    .isEqualTo(refusal == null);
        } catch (UserException e) {
            assertThat(refusal).as("inspection: %s", e.getMessage()).isNotNull();
        }
    }

    private static Shape imageShape(Shape input) {
        if (input.isUnknown() || input.numDimensions() == 0) {
            return Shape.of(BATCH, ANY_SIZE, ANY_SIZE, 1);
        }
        var sizes = input.asArray().clone();
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = sizes[i] >= 0 ? sizes[i] : i == 0 ? BATCH : ANY_SIZE;
        }
        double elements = 1;
        for (long size : sizes) {
            elements *= size;
        }
        return elements > MOST_PIXELS ? Shape.of(MOST_PIXELS + 1L) : Shape.of(sizes);
    }

    private float[] pixels(int count) {
        var random = new Random(1);
        var values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = model.input().takesPixels() ? random.nextInt(256) : (float) random.nextGaussian();
        }
        return values;
    }

    private Outcome run() {
        if (pixels == null) {
            return Outcome.UNUSUAL_IMAGES;
        }
        Map<String, float[]> frozen;
        try {
            frozen = runFrozen();
        } catch (RuntimeException e) {
            checkOfTensorFlow(e);
            assertThat(runAsLoaded(List.of()))
                    .as("loaded by TensorFlow; ours: %s", e.getMessage())
                    .isNull();
            return Outcome.FAILS_WHEN_RUN;
        }
        trainOneStep();
        if (model.graph().getNodeList().stream().anyMatch(node -> node.getOp().matches(RANDOM_OPS))) {
            return Outcome.RANDOM;
        }
        var loaded = runAsLoaded(List.copyOf(frozen.keySet()));
        if (loaded == null) {
            return Outcome.LOADER_REFUSES;
        }
        frozen.forEach((name, values) -> checkClose(name, values, loaded.get(name)));
        return Outcome.AS_LOADED;
    }

    private TFloat32 images() {
        return TFloat32.tensorOf(shape, DataBuffers.of(pixels));
    }

    /** The float outputs; features and logits must have the shapes that were told. */
    private Map<String, float[]> runFrozen() {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var fed = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
            var layers = List.copyOf(model.features().keySet());
            var types = TensorTypes.infer(model.graph());
            var told = new ArrayList<TensorTypes.Type>();
            var instance = ModelInstance.buildFrozen(tf, "teacher", model, fed, layers);
            var fetched = new ArrayList<Output<?>>();
            fetched.add(instance.logits().asOutput());
            told.add(types.of(model.logits()));
            layers.forEach(layer -> {
                fetched.add(instance.features().get(layer).asOutput());
                told.add(types.of(model.features().get(layer)));
            });
            var program = ModelProgram.build(tf, "outputs", model, fed);
            program.useConstants(ModelProgram.buildConstants(tf, "outputs", model));
            var outputs = new LinkedHashMap<String, Output<?>>();
            model.outputs().forEach((name, tensor) -> outputs.put(name, program.build(tensor)));
            fetched.addAll(outputs.values());
            try (var images = images();
                    var result =
                            fetch(session.runner().feed(fed, images), fetched).run()) {
                for (int i = 0; i < told.size(); i++) {
                    assertThat(result.get(i)
                                    .shape()
                                    .isCompatibleWith(told.get(i).shape()))
                            .as(
                                    "%s is %s; told %s",
                                    fetched.get(i),
                                    result.get(i).shape(),
                                    told.get(i).shape())
                            .isTrue();
                }
                if (!hasOpenSizes()) { // of images of another size than it was made for it may make anything
                    assertThat(result.get(0).shape().get(0))
                            .as("logits of %s images", shape.get(0))
                            .isEqualTo(shape.get(0));
                }
                return floats(List.copyOf(outputs.keySet()), result, told.size());
            }
        }
    }

    private static void checkOfTensorFlow(RuntimeException e) {
        if (!TensorFlowReason.isFrom(e)) {
            throw e;
        }
    }

    private boolean hasOpenSizes() {
        var stated = model.input().shape();
        return stated.isUnknown()
                || stated.numDimensions() == 0
                || stated.tail().hasUnknownDimension();
    }

    /** Null where TensorFlow's loader or its run refuses. */
    private Map<String, float[]> runAsLoaded(List<String> names) {
        var signature =
                SignatureChoice.choose(SavedModelFile.read(model.directory(), Optional.empty()), ModelSettings.NONE);
        try (var bundle = SavedModelBundle.load(model.directory().toString(), "serve");
                var images = images();
                var fed = model.input().dtype() == DataType.DT_UINT8 ? asBytes() : images) {
            var runner = bundle.session().runner().feed(model.input().node(), fed);
            var wanted = names.isEmpty() ? List.copyOf(signature.outputs().keySet()) : names;
            wanted.forEach(
                    name -> runner.fetch(signature.outputs().get(name).name().toString()));
            try (var result = runner.run()) {
                return floats(wanted, result, 0);
            }
        } catch (RuntimeException e) {
            checkOfTensorFlow(e);
            return null;
        }
    }

    private Tensor asBytes() {
        var bytes = new byte[pixels.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (int) pixels[i];
        }
        return TUint8.tensorOf(shape, DataBuffers.of(bytes));
    }

    private static Session.Runner fetch(Session.Runner runner, List<Output<?>> tensors) {
        tensors.forEach(runner::fetch);
        return runner;
    }

    private static Map<String, float[]> floats(List<String> names, Result result, int first) {
        var values = new LinkedHashMap<String, float[]>();
        for (int i = 0; i < names.size(); i++) {
            if (result.get(first + i) instanceof TFloat32 tensor) {
                var copy = new float[Math.toIntExact(tensor.size())];
                tensor.asRawTensor().data().asFloats().read(copy);
                values.put(names.get(i), copy);
            }
        }
        return values;
    }

    private static void checkClose(String name, float[] actual, float[] expected) {
        assertThat(actual).as(name).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            boolean isClose =
                    Math.abs((double) actual[i] - expected[i]) <= TOLERANCE * Math.max(1, Math.abs(expected[i]));
            assertThat(isClose || Float.compare(actual[i], expected[i]) == 0)
                    .as("output '%s' [%d] is %s; loaded by TensorFlow it is %s", name, i, actual[i], expected[i])
                    .isTrue();
        }
    }

    /** Against the mean square of the logits. */
    private void trainOneStep() {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var fed = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
            var variables = ModelVariables.build(tf, "student", model);
            var instance = ModelInstance.buildTraining(tf, "student", model, variables, fed, List.of());
            var loss = tf.math.mean(tf.math.square(instance.logits()), tf.constant(new int[] {0, 1}));
            var values = variables.trainable().stream()
                    .<Operand<TFloat32>>map(variable -> variable.value())
                    .toList();
            var gradients = Gradient.build(tf, loss, values).buildDense(tf, values);
            var targets = new ArrayList<Op>(instance.updates());
            for (int i = 0; i < values.size(); i++) {
                var value = tf.math.sub(values.get(i), tf.math.mul(gradients.get(i), tf.constant(1e-3f)));
                targets.add(variables.trainable().get(i).buildAssign(tf, value));
            }
            SessionRuns.run(session, List.of(variables.restore()));
            var runner = session.runner().fetch(loss);
            targets.forEach(runner::addTarget);
            try (var images = images();
                    var result = runner.feed(fed, images).run()) {
                assertThat(result.get(0).shape().numDimensions()).isZero();
            }
        } catch (UserException e) {
            // it can teach only
        } catch (RuntimeException e) {
            checkOfTensorFlow(e); // which the command line tells in one line
        }
    }
}
