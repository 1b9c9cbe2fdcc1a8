package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat32;
import sckd.autodiff.Gradient;

/** A small graph of floats with its rewritten form, and what both compute. Inputs are the placeholders; the result is the last node. */
final class Rewriting {
    private static final double STEP = 1e-2;

    private final GraphDef original;
    private final GraphDef rewritten;
    private final TensorName result;
    private final TensorName rewrittenResult;
    private final Set<String> notes = new LinkedHashSet<>();
    private final Map<String, float[]> values = new LinkedHashMap<>();
    private final Map<String, Shape> shapes = new HashMap<>();

    Rewriting(NodeDef... nodes) {
        this(FunctionDefLibrary.getDefaultInstance(), nodes);
    }

    Rewriting(FunctionDefLibrary library, NodeDef... nodes) {
        this(GraphRewrite.Purpose.INFERENCE, library, nodes);
    }

    Rewriting(GraphRewrite.Purpose purpose, FunctionDefLibrary library, NodeDef... nodes) {
        original = GraphDef.newBuilder()
                .addAllNode(List.of(nodes))
                .setLibrary(library)
                .build();
        result = new TensorName(nodes[nodes.length - 1].getName(), 0);
        var flat = Flattener.flatten(original, List.of(result.node()), OpDefs.registered());
        var context = new GraphRewrite.Context(purpose, "images", library, flat.replacements(), notes);
        var graph = GraphRewrites.ofOps(flat.graph(), context, List.of(result));
        rewritten = GraphRewrites.ofShapes(graph, context, List.of(result), TrustedOps.NONE)
                .toGraphDef();
        rewrittenResult = context.replacements().resolve(result);
    }

    /** Feeds a placeholder with numbers of a seed, from −1 to 1. */
    Rewriting feed(String placeholder, long... shape) {
        var random = new Random(placeholder.hashCode());
        var fed = new float[(int) Shape.of(shape).size()];
        for (int i = 0; i < fed.length; i++) {
            fed[i] = random.nextFloat() * 2 - 1;
        }
        return feed(placeholder, fed, shape);
    }

    Rewriting feed(String placeholder, float[] fed, long... shape) {
        values.put(placeholder, fed);
        shapes.put(placeholder, Shape.of(shape));
        return this;
    }

    GraphDef graph() {
        return rewritten;
    }

    List<String> ops() {
        return rewritten.getNodeList().stream().map(NodeDef::getOp).toList();
    }

    Set<String> notes() {
        return notes;
    }

    float[] run() {
        return run(rewritten, rewrittenResult, values);
    }

    float[] runOriginal() {
        return run(original, result, values);
    }

    private float[] run(GraphDef graphDef, TensorName fetched, Map<String, float[]> fed) {
        try (var graph = new Graph()) {
            graph.importGraphDef(graphDef);
            try (var session = new Session(graph)) {
                return run(session, fetched.toString(), fed);
            }
        }
    }

    private float[] run(Session session, String fetched, Map<String, float[]> fed) {
        var runner = session.runner().fetch(fetched);
        var tensors = new ArrayList<Tensor>();
        fed.forEach((name, numbers) -> {
            var tensor = TFloat32.tensorOf(shapes.get(name), DataBuffers.of(numbers));
            tensors.add(tensor);
            runner.feed(name, tensor);
        });
        try (var results = runner.run()) {
            var tensor = (TFloat32) results.get(0);
            var numbers = new float[(int) tensor.size()];
            tensor.asRawTensor().data().asFloats().read(numbers);
            return numbers;
        } finally {
            tensors.forEach(Tensor::close);
        }
    }

    /** The gradient of {@code Σ wᵢ·resultᵢ} through the rewritten graph, as a training step takes it. */
    float[] gradient(String placeholder) {
        int size = run().length;
        try (var graph = new Graph()) {
            graph.importGraphDef(rewritten);
            var tf = Ops.create(graph).withSubScope("test");
            Output<TFloat32> tensor = graph.operation(rewrittenResult.node())
                    .output(rewrittenResult.index())
                    .asOutput()
                    .expect(TFloat32.class);
            Operand<TFloat32> input = graph.operation(placeholder).<TFloat32>output(0);
            var weighted = tf.math.mul(tf.reshape(tensor, tf.array(-1)), tf.constant(weights(size)));
            var gradient = Gradient.build(tf, tf.sum(weighted, tf.constant(0)), List.of(input));
            var component = gradient.components().get(0).orElseGet(() -> tf.zerosLike(input));
            try (var session = new Session(graph)) {
                return run(
                        session,
                        component.asOutput().op().name() + ":"
                                + component.asOutput().index(),
                        values);
            }
        }
    }

    /** Central differences of the same through the original graph. */
    double[] differences(String placeholder) {
        var differences = new double[values.get(placeholder).length];
        try (var graph = new Graph()) {
            graph.importGraphDef(original);
            try (var session = new Session(graph)) {
                for (int i = 0; i < differences.length; i++) {
                    differences[i] =
                            (weighted(session, placeholder, i, STEP) - weighted(session, placeholder, i, -STEP))
                                    / (2 * STEP);
                }
            }
        }
        return differences;
    }

    private double weighted(Session session, String placeholder, int index, double step) {
        var moved = new LinkedHashMap<>(values);
        var numbers = values.get(placeholder).clone();
        numbers[index] += (float) step;
        moved.put(placeholder, numbers);
        var results = run(session, result.toString(), moved);
        var weights = weights(results.length);
        double sum = 0;
        for (int i = 0; i < results.length; i++) {
            sum += (double) weights[i] * results[i];
        }
        return sum;
    }

    private static float[] weights(int size) {
        var weights = new float[size];
        var random = new Random(3);
        for (int i = 0; i < size; i++) {
            weights[i] = random.nextFloat() * 2 - 1;
        }
        return weights;
    }

    void assertEqualResults() {
        assertClose(run(), BatchNormModel.doubles(runOriginal()), 1e-5);
    }

    /** Against central differences, within a part of the largest component. */
    void assertGradient(String placeholder) {
        assertClose(gradient(placeholder), differences(placeholder), 2e-3);
    }

    static void assertClose(float[] actual, double[] expected, double tolerance) {
        double largest = 1e-3;
        for (double value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(actual).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i])
                    .as("element %d", i)
                    .isCloseTo(expected[i], org.assertj.core.api.Assertions.within(tolerance * largest));
        }
    }
}
