package sckd.autodiff;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** A graph of a few numbers: inputs keep the value that they were last given, any tensor can be read. */
public final class TestGraph implements AutoCloseable {
    private final Graph graph = new Graph();
    private final Session session = new Session(graph);
    private final Map<Operand<?>, Tensor> fed = new HashMap<>();
    public final Ops tf = Ops.create(graph);

    public Operand<TFloat32> input(Shape shape, double... values) {
        return input(shape, shape, values);
    }

    /** An input whose shape the graph knows only as {@code declared}. */
    public Operand<TFloat32> input(Shape declared, Shape shape, double... values) {
        return input(TFloat32.class, declared, shape, values);
    }

    public <T extends TNumber> Operand<T> input(Class<T> type, Shape declared, Shape shape, double... values) {
        var input = tf.placeholder(type, Placeholder.shape(declared));
        feed(input, shape, values);
        return input;
    }

    public Operand<TInt32> labels(int... labels) {
        var input = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE)));
        replace(input, TInt32.vectorOf(labels));
        return input;
    }

    /** Gives an input another value. */
    public void feed(Operand<? extends TNumber> input, Shape shape, double... values) {
        replace(
                input,
                input.type() == TFloat64.class
                        ? TFloat64.tensorOf(shape, DataBuffers.of(values))
                        : TFloat32.tensorOf(shape, DataBuffers.of(floats(values))));
    }

    /** Gives the labels another value. */
    public void feed(Operand<TInt32> input, int... labels) {
        replace(input, TInt32.vectorOf(labels));
    }

    private void replace(Operand<?> input, Tensor value) {
        var before = fed.put(input, value);
        if (before != null) {
            before.close();
        }
    }

    /** The tensor's numbers, row by row. */
    public double[] read(Operand<? extends TNumber> tensor) {
        return read(List.of(tensor)).get(0);
    }

    /** Several tensors' numbers, of one run. */
    public List<double[]> read(List<? extends Operand<? extends TNumber>> tensors) {
        var runner = runner();
        tensors.forEach(runner::fetch);
        try (var result = runner.run()) {
            return IntStream.range(0, result.size())
                    .mapToObj(i -> numbers(result.get(i)))
                    .toList();
        }
    }

    public double readScalar(Operand<? extends TNumber> tensor) {
        var values = read(tensor);
        if (values.length != 1) {
            throw new IllegalStateException(values.length + " values; expected a scalar");
        }
        return values[0];
    }

    public void run(List<? extends Op> targets) {
        var runner = runner();
        targets.forEach(runner::addTarget);
        try (var result = runner.run()) {
            // for the effect
        }
    }

    private Session.Runner runner() {
        var runner = session.runner();
        fed.forEach((input, value) -> runner.feed(input.asOutput(), value));
        return runner;
    }

    private static double[] numbers(Tensor tensor) {
        return tensor instanceof TFloat64 doubles ? doubles(doubles) : doubles((TFloat32) tensor);
    }

    private static double[] doubles(TFloat64 tensor) {
        var values = new double[(int) tensor.size()];
        tensor.asRawTensor().data().asDoubles().read(values);
        return values;
    }

    private static double[] doubles(TFloat32 tensor) {
        var values = new float[(int) tensor.size()];
        tensor.asRawTensor().data().asFloats().read(values);
        return doubles(values);
    }

    public static double[] doubles(float[] values) {
        var result = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = values[i];
        }
        return result;
    }

    public static float[] floats(double[] values) {
        var result = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = (float) values[i];
        }
        return result;
    }

    public List<GraphOperation> operations() {
        var operations = new ArrayList<GraphOperation>();
        graph.operations().forEachRemaining(operations::add);
        return operations;
    }

    @Override
    public void close() {
        fed.values().forEach(Tensor::close);
        session.close();
        graph.close();
    }
}
