package sckd.training;

import com.google.common.collect.ImmutableMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import sckd.data.DeviceImages;

/** Runs a frozen teacher over all training images, in each of their views. */
final class TeacherSweep implements AutoCloseable {
    /** Among the names of layers. */
    static final String LOGITS = "";

    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
    private static final int BATCHES_COMPARED = 3;
    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    private final NamedModel teacher;
    private final Consumer<String> messages;
    private final Graph graph = new Graph();
    private final Session session;
    private final DeviceImages images;
    private final Operand<TInt32> indices;
    private final Map<String, Operand<TFloat32>> tensors;
    private final int size;
    private final int views;
    private final int batchSize;
    private long spoken = System.nanoTime();

    /** @param names of its tensors: layers, or {@link #LOGITS} */
    TeacherSweep(TrainingTask task, NamedModel teacher, List<String> names, Consumer<String> messages) {
        this.teacher = teacher;
        this.messages = messages;
        size = task.data().train().size();
        views = task.data().shownViews().orElseThrow();
        batchSize = task.plan().batchSize();
        var tf = Ops.create(graph);
        indices = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE)));
        images = DeviceImages.build(
                tf, "train-images", task.data().train(), task.data().augmentations(), task.seed());
        var layers = names.stream().filter(name -> !name.equals(LOGITS)).toList();
        var pixels = images.buildBatch(tf, indices).pixels();
        var instance = FrozenTeacher.build(tf, task, teacher, pixels, layers);
        var fetched = ImmutableMap.<String, Operand<TFloat32>>builder();
        names.forEach(name -> fetched.put(
                name,
                name.equals(LOGITS) ? instance.logits() : instance.features().get(name)));
        tensors = fetched.buildOrThrow();
        session = Evaluation.openSession(graph);
    }

    /**
     * What a sweep came to.
     *
     * @param values of all tensors; none where some are dependent
     * @param dependent the tensors that depend on the other images of a batch
     */
    record Swept(Map<String, TeacherOutputs.Values> values, Set<String> dependent) {}

    /** Bytes of all that it would compute; empty where a shape is not known, or an array cannot hold a tensor. */
    OptionalLong findBytes() {
        long bytes = 0;
        for (var name : tensors.keySet()) {
            var row = rowShape(name);
            if (row.hasUnknownDimension() || row.size() * size > LARGEST_ARRAY) {
                return OptionalLong.empty();
            }
            bytes += row.size() * size * Float.BYTES * views;
        }
        return OptionalLong.of(bytes);
    }

    /** Ends early where a tensor turns out to depend on the batch that an image stands in. */
    Swept run() {
        long started = System.nanoTime();
        images.load(session);
        var shown = new ArrayList<Map<String, float[]>>();
        for (int view = 1; view <= views; view++) {
            images.startEpoch(session, view);
            var rows = allocateView();
            for (int from = 0; from < size; from += batchSize) {
                int until = Math.min(from + batchSize, size);
                computeBatch(from, until, rows);
                if (view == 1 && (from == 0 || until == size)) {
                    var dependent = findDependent(rows, until);
                    if (!dependent.isEmpty()) {
                        return new Swept(Map.of(), dependent);
                    }
                }
                tell(until, view);
            }
            shown.add(rows);
        }
        messages.accept(String.format(
                Locale.ROOT,
                "%s: its outputs on %,d images are kept; computed in %.1f s",
                teacher.name(),
                size,
                (System.nanoTime() - started) / 1e9));
        return new Swept(values(shown), Set.of());
    }

    private Map<String, TeacherOutputs.Values> values(List<Map<String, float[]>> shown) {
        var values = ImmutableMap.<String, TeacherOutputs.Values>builder();
        for (var name : tensors.keySet()) {
            var rows = shown.stream().map(view -> view.get(name)).toList();
            values.put(name, new TeacherOutputs.Values(rowShape(name), rows));
        }
        return values.buildOrThrow();
    }

    private Shape rowShape(String name) {
        return tensors.get(name).shape().tail();
    }

    private Map<String, float[]> allocateView() {
        var rows = ImmutableMap.<String, float[]>builder();
        tensors.keySet()
                .forEach(name ->
                        rows.put(name, new float[Math.toIntExact(rowShape(name).size() * size)]));
        return rows.buildOrThrow();
    }

    private void computeBatch(int from, int until, Map<String, float[]> rows) {
        var samples = IntStream.range(from, until).toArray();
        fetch(samples).forEach((name, values) -> {
            int length = values.length / samples.length;
            System.arraycopy(values, 0, rows.get(name), from * length, values.length);
        });
    }

    private void tell(int images, int view) {
        if (System.nanoTime() - spoken > BETWEEN_LINES.toNanos()) {
            spoken = System.nanoTime();
            messages.accept("%s: outputs of %,d of %,d images kept%s"
                    .formatted(
                            teacher.name(), images, size, views == 1 ? "" : ", view %d of %d".formatted(view, views)));
        }
    }

    /**
     * Of samples drawn at random, in full batches and in one as short as an epoch's last.
     *
     * @param known so many of the images have their rows
     */
    private Set<String> findDependent(Map<String, float[]> rows, int known) {
        var random = new Random(1);
        int batch = Math.min(batchSize, size);
        int last = size % batch == 0 ? batch : size % batch;
        var dependent = new LinkedHashSet<String>();
        for (int i = 0; i <= BATCHES_COMPARED; i++) {
            var samples =
                    random.ints(i == BATCHES_COMPARED ? last : batch, 0, known).toArray();
            fetch(samples).forEach((name, values) -> {
                if (!isSame(samples, values, rows.get(name))) {
                    dependent.add(name);
                }
            });
        }
        return dependent;
    }

    /** @param values of these samples, {@code rows} of all images */
    private static boolean isSame(int[] samples, float[] values, float[] rows) {
        int length = values.length / samples.length;
        for (int s = 0; s < samples.length; s++) {
            int from = samples[s] * length;
            if (!Arrays.equals(values, s * length, (s + 1) * length, rows, from, from + length)) {
                return false;
            }
        }
        return true;
    }

    private Map<String, float[]> fetch(int[] samples) {
        var runner = session.runner();
        tensors.values().forEach(runner::fetch);
        try (var fed = images.feed(runner, indices, samples);
                var result = runner.run()) {
            var rows = ImmutableMap.<String, float[]>builder();
            int next = 0;
            for (var name : tensors.keySet()) {
                var tensor = (TFloat32) result.get(next++);
                var values = new float[Math.toIntExact(tensor.size())];
                tensor.asRawTensor().data().asFloats().read(values);
                rows.put(name, values);
            }
            return rows.buildOrThrow();
        }
    }

    @Override
    public void close() {
        images.close();
        session.close();
        graph.close();
    }
}
