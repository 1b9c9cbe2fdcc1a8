package sckd.zoo;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
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
        return handles().keySet().stream().collect(Collectors.toMap(name -> name, this::weight));
    }

    float[] weight(String name) {
        try (var result =
                bundle.session().runner().fetch(name + "/Read/ReadVariableOp").run()) {
            return answerOf((TFloat32) result.get(0)).values();
        }
    }

    void assign(String name, float[] values) {
        try (var fed = TFloat32.tensorOf(handles().get(name), DataBuffers.of(values));
                var result = bundle.session()
                        .runner()
                        .feed(name + "/initial_value", fed)
                        .addTarget(name + "/Assign")
                        .run()) {
            // the variable's value is what was wanted
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
