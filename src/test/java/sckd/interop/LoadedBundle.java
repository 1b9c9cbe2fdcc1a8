package sckd.interop;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.primitives.Floats;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArray;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TUint8;

/** An export loaded by TensorFlow for Java. */
final class LoadedBundle {
    private LoadedBundle() {}

    /** Compares its outputs with the logits that {@code export.json} names; what the original does not give is not asked of it. */
    static void check(Path directory) throws IOException {
        var description =
                new JsonMapper().readTree(directory.resolve("export.json").toFile());
        Map<String, float[]> outputs;
        try {
            outputs = run(description, directory, directory.resolve("exported").toString());
        } catch (RuntimeException e) {
            assertThatThrownBy(() -> run(
                            description, directory, description.get("original").asText()))
                    .isInstanceOf(e.getClass());
            return;
        }
        var logits = rows(description.get("logits"), directory);
        for (var output : description.get("outputs").properties()) {
            var kind = new JsonMapper().convertValue(output.getValue(), OutputKind.class);
            if (kind != OutputKind.OTHER) {
                Values.checkClose(output.getKey(), outputs.get(output.getKey()), expected(kind, logits), 1e-5);
            }
        }
    }

    private static Map<String, float[]> run(JsonNode description, Path directory, String model) {
        var outputs = new HashMap<String, float[]>();
        var tags = strings(description.get("tags"));
        try (var bundle = SavedModelBundle.loader(model)
                        .withTags(tags.toArray(String[]::new))
                        .withConfigProto(ConfigProto.newBuilder()
                                .setAllowSoftPlacement(true) // of a model that was placed on a GPU
                                .build())
                        .load();
                var fed = new Fed(description, directory);
                var result =
                        bundle.function(description.get("signature").asText()).call(fed.byName())) {
            description
                    .get("outputs")
                    .properties()
                    .forEach(output -> outputs.put(
                            output.getKey(), floats(result.get(output.getKey()).orElseThrow())));
        }
        return outputs;
    }

    /** The images and whatever else the signature takes. */
    private record Fed(Map<String, Tensor> byName) implements AutoCloseable {
        Fed(JsonNode description, Path directory) {
            this(new HashMap<>());
            var input = description.get("input");
            byName.put(input.get("name").asText(), tensor(input, directory));
            description
                    .get("others")
                    .properties()
                    .forEach(other -> byName.put(other.getKey(), tensor(other.getValue(), directory)));
        }

        @Override
        public void close() {
            byName.values().forEach(Tensor::close);
        }
    }

    private static float[] expected(OutputKind kind, List<double[]> logits) {
        var values = new ArrayList<Float>();
        for (var row : logits) {
            for (double value : kind.of(row)) {
                values.add((float) value);
            }
        }
        return Floats.toArray(values);
    }

    private static List<double[]> rows(JsonNode tensor, Path directory) {
        var values = read(tensor, directory);
        int classes = tensor.at("/shape/1").asInt();
        var rows = new ArrayList<double[]>();
        for (int from = 0; from < values.length; from += classes) {
            var row = new double[classes];
            for (int k = 0; k < classes; k++) {
                row[k] = values[from + k];
            }
            rows.add(row);
        }
        return rows;
    }

    private static float[] read(JsonNode tensor, Path directory) {
        return new Recorded.Tensor(
                        tensor.get("file").asText(), tensor.get("dtype").asText(), List.of())
                .read(directory);
    }

    private static Tensor tensor(JsonNode input, Path directory) {
        var values = read(input, directory);
        var sizes = new long[input.get("shape").size()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = input.get("shape").get(i).asLong();
        }
        if (!input.get("dtype").asText().equals("uint8")) {
            return Values.tensor(sizes, values);
        }
        var bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (int) values[i];
        }
        return TUint8.tensorOf(Shape.of(sizes), DataBuffers.of(bytes, true, false));
    }

    /** Empty for text. */
    private static float[] floats(Tensor tensor) {
        var values = new ArrayList<Float>();
        ((NdArray<?>) tensor).scalars().forEach(scalar -> {
            if (scalar.getObject() instanceof Number number) {
                values.add(number.floatValue());
            }
        });
        return Floats.toArray(values);
    }

    private static List<String> strings(JsonNode array) {
        var strings = new ArrayList<String>();
        array.forEach(element -> strings.add(element.asText()));
        return strings;
    }
}
