package sckd.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * An exported student and what it is to compute, in a directory as {@code check_exports.py} takes it.
 *
 * @param directory holds {@code export.json}, the tensors that it names, and the export
 */
public record ExportedStudent(Path directory) {
    private static final Duration LIMIT = Duration.ofMinutes(20);
    private static final long WORK_OF_ANY = 200_000;

    /**
     * How a model is called.
     *
     * @param others files of what is fed beside the images, by the input's name
     * @param outputs what each is of the logits
     * @param servesTraining whether the logits are those of training
     */
    public record Interface(
            String writer,
            List<String> tags,
            String signature,
            Map<String, Recorded.Tensor> others,
            Map<String, OutputKind> outputs,
            boolean servesTraining) {}

    /**
     * What it is called with.
     *
     * @param name of the signature's input
     * @param images as the signature takes them, as floats
     * @param dtype that the signature takes
     */
    public record Probe(String name, float[] images, String dtype, List<Integer> shape) {
        public long[] shapeArray() {
            return shape.stream().mapToLong(Integer::longValue).toArray();
        }
    }

    public Path model() {
        return directory.resolve("exported");
    }

    /**
     * Writes all but the model.
     *
     * @param logits of the images, as the training's variables make them
     */
    public void describe(Path original, Interface face, Probe probe, float[] logits) throws IOException {
        write("images.bin", probe.images(), probe.dtype());
        write("logits.bin", logits, "float32");
        int images = probe.shape().get(0);
        var description = ImmutableMap.<String, Object>builder()
                .put("writer", face.writer())
                .put("original", original.toString())
                .put("exported", model().toString())
                .put("tags", face.tags())
                .put("signature", face.signature())
                .put("others", face.others())
                .put("outputs", face.outputs())
                .put("input", new Recorded.Input(probe.name(), "images.bin", probe.dtype(), probe.shape()))
                .put("logits", new Recorded.Tensor("logits.bin", "float32", List.of(images, logits.length / images)))
                .buildOrThrow();
        new JsonMapper().writeValue(directory.resolve("export.json").toFile(), description);
    }

    private void write(String name, float[] values, String dtype) throws IOException {
        boolean isBytes = dtype.equals("uint8");
        var bytes =
                ByteBuffer.allocate(values.length * (isBytes ? 1 : Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            if (isBytes) {
                bytes.put((byte) (int) value);
            } else {
                bytes.putFloat(value);
            }
        }
        Files.write(directory.resolve(name), bytes.array());
    }

    /**
     * Has Python load all of them, in every way that it has; two processes share them, the largest programs first, as most of the work keeps to
     * one core.
     *
     * @param log its name in target/interop, without the number and {@code .log} that are put behind
     */
    public static void runChecks(String log, List<ExportedStudent> students) {
        var halves = List.of(new ArrayList<String>(), new ArrayList<String>());
        var work = new long[halves.size()];
        students.stream()
                .sorted(Comparator.comparingLong(ExportedStudent::work).reversed())
                .forEach(student -> {
                    int lighter = work[0] <= work[1] ? 0 : 1;
                    halves.get(lighter).add(student.directory.toString());
                    work[lighter] += student.work();
                });
        Python.runTogether(Path.of("target/interop", log), LIMIT, "check_exports.py", halves);
    }

    /** About how long it takes, in bytes of a program; a small one takes its time as well. */
    private long work() {
        try {
            return WORK_OF_ANY + Files.size(model().resolve("saved_model.pb"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What came of each check: {@code ok}, why it does not apply, or what is wrong. */
    public Map<String, String> readResults() throws IOException {
        var results = ImmutableMap.<String, String>builder();
        new JsonMapper()
                .readTree(directory.resolve("results.json").toFile())
                .properties()
                .forEach(
                        result -> results.put(result.getKey(), result.getValue().asText()));
        return results.buildOrThrow();
    }

    public static void assertPassed(String result) {
        assertThat(result).matches("ok|does not apply: .*");
    }
}
