package sckd.interop;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What {@code src/test/python/recording.py} wrote beside a model.
 *
 * @param writer who saved it and how
 * @param signature that the outputs are of
 * @param labels of the images, for gradients
 * @param logits as the layers compute them before they were saved
 * @param others what is fed beside the images, by name
 * @param policy of half and double floats; null for float32
 * @param random whether its outputs differ from run to run
 * @param servesTraining whether its outputs are those of training
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Recorded(
        String writer,
        List<String> tags,
        String signature,
        Input input,
        Map<String, Tensor> others,
        Map<String, Output> outputs,
        List<Integer> labels,
        Tensor logits,
        List<Trainable> trainable,
        String policy,
        boolean random,
        boolean servesTraining) {
    /** A file of raw little-endian values, row by row. */
    public record Tensor(String file, String dtype, List<Integer> shape) {
        float[] read(Path directory) {
            return Recorded.read(directory.resolve(file), dtype);
        }
    }

    /** The fed tensor; {@code name} is the signature's. */
    public record Input(String name, String file, String dtype, List<Integer> shape) {
        float[] read(Path directory) {
            return Recorded.read(directory.resolve(file), dtype);
        }

        long[] shapeArray() {
            return shape.stream().mapToLong(Integer::longValue).toArray();
        }
    }

    /** An output; {@code kind} tells what it is of the logits. */
    record Output(OutputKind kind, String file, String dtype, List<Integer> shape) {
        float[] read(Path directory) {
            return Recorded.read(directory.resolve(file), dtype);
        }
    }

    /**
     * A trainable variable.
     *
     * @param keys all of the checkpoint that hold its value
     * @param gradient of the mean cross-entropy with inference statistics, null where none was recorded
     * @param trainingGradient likewise with those of the batch
     */
    record Trainable(
            String name,
            List<Integer> shape,
            List<String> keys,
            GradientSample gradient,
            GradientSample trainingGradient) {}

    /** The euclidean norm of a gradient, and every nth of its values from the first on. */
    record GradientSample(double norm, Tensor sample) {}

    static Recorded read(Path directory) {
        try {
            return new JsonMapper().readValue(directory.resolve("recorded.json").toFile(), Recorded.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static float[] read(Path file, String dtype) {
        try {
            var bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            int size =
                    switch (dtype) {
                        case "uint8" -> 1;
                        case "float32", "int32" -> Float.BYTES;
                        case "int64" -> Long.BYTES;
                        default -> throw new IllegalArgumentException(file + ": " + dtype);
                    };
            var values = new float[bytes.capacity() / size];
            for (int i = 0; i < values.length; i++) {
                values[i] = switch (dtype) {
                    case "uint8" -> bytes.get(i) & 0xff;
                    case "int32" -> bytes.getInt(i * size);
                    case "int64" -> bytes.getLong(i * size);
                    default -> bytes.getFloat(i * size);
                };
            }
            return values;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
