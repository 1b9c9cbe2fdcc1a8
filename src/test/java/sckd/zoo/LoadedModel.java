package sckd.zoo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/** A written model as TensorFlow's C++ loader restores it, with the little that the tests ask of it. */
final class LoadedModel implements AutoCloseable {
    private final SavedModelBundle bundle;

    LoadedModel(Path directory) {
        bundle = SavedModelBundle.load(directory.toString(), "serve");
    }

    /** An output of a call. */
    record Answer(Shape shape, float[] values) {}

    /** Outputs by name. */
    Map<String, Answer> call(String signature, Shape shape, float[] images) {
        var answers = new LinkedHashMap<String, Answer>();
        try (var fed = TFloat32.tensorOf(shape, DataBuffers.of(images));
                var result = bundle.function(signature).call(Map.of("images", fed))) {
            result.iterator()
                    .forEachRemaining(each -> answers.put(each.getKey(), answerOf((TFloat32) each.getValue())));
        }
        return answers;
    }

    /** Variables by name, among them those that are not trained. */
    Map<String, float[]> weights() {
        return weights(List.copyOf(handles().keySet()));
    }

    float[] weight(String name) {
        return weights(List.of(name)).get(name);
    }

    /** In one run: TensorFlow prepares each new set of fetches anew, which takes time that grows with the graph. */
    private Map<String, float[]> weights(List<String> names) {
        var runner = bundle.session().runner();
        names.forEach(name -> runner.fetch(name + "/Read/ReadVariableOp"));
        var weights = new LinkedHashMap<String, float[]>();
        try (var result = runner.run()) {
            for (int i = 0; i < names.size(); i++) {
                weights.put(names.get(i), answerOf((TFloat32) result.get(i)).values());
            }
        }
        return weights;
    }

    /** Sets variables, by name. */
    void assign(Map<String, float[]> values) {
        var shapes = handles();
        var fed = new ArrayList<TFloat32>();
        var runner = bundle.session().runner();
        try {
            values.forEach((name, each) -> {
                fed.add(TFloat32.tensorOf(shapes.get(name), DataBuffers.of(each)));
                runner.feed(name + "/initial_value", fed.get(fed.size() - 1)).addTarget(name + "/Assign");
            });
            try (var result = runner.run()) {
                // the variables' values are what was wanted
            }
        } finally {
            fed.forEach(TFloat32::close);
        }
    }

    Map<String, Shape> handles() {
        var shapes = new LinkedHashMap<String, Shape>();
        bundle.graph().operations().forEachRemaining(operation -> {
            if (operation.type().equals("VarHandleOp")) {
                shapes.put(
                        operation.name(),
                        bundle.graph()
                                .operation(operation.name() + "/initial_value")
                                .output(0)
                                .shape());
            }
        });
        return shapes;
    }

    private static Answer answerOf(TFloat32 tensor) {
        var values = new float[Math.toIntExact(tensor.size())];
        tensor.copyTo(DataBuffers.of(values, false, false));
        return new Answer(tensor.shape(), values);
    }

    @Override
    public void close() {
        bundle.close();
    }
}
