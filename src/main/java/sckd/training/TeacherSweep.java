package sckd.training;

import com.google.common.collect.ImmutableMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
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

    private final TrainingTask task;
    private final NamedModel teacher;
    private final Consumer<String> messages;
    private final Graph graph = new Graph();
    private final Session session;
    private final DeviceImages images;
    private final Operand<TInt32> indices;
    private final Map<String, Operand<TFloat32>> tensors;
    private final int size;

    private TeacherSweep(TrainingTask task, NamedModel teacher, List<String> names, Consumer<String> messages) {
        this.task = task;
        this.teacher = teacher;
        this.messages = messages;
        size = task.data().train().size();
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
     * The tensors of that name; empty, and said why, if they are too large or depend on the batch.
     *
     * @param limit bytes
     */
    static Optional<Map<String, TeacherOutputs.Values>> run(
            TrainingTask task, NamedModel teacher, List<String> names, long limit, Consumer<String> messages) {
        try (var sweep = new TeacherSweep(task, teacher, names, messages)) {
            return sweep.run(limit);
        }
    }

    private Optional<Map<String, TeacherOutputs.Values>> run(long limit) {
        int views = task.data().shownViews().orElseThrow();
        if (!fits(limit / views)) {
            messages.accept("%s: its outputs on %,d images are too large to be kept; it runs in every step"
                    .formatted(teacher.name(), size));
            return Optional.empty();
        }
        images.load(session);
        var found = ImmutableMap.<String, List<float[]>>builder();
        tensors.keySet().forEach(name -> found.put(name, new ArrayList<>()));
        var byName = found.buildOrThrow();
        for (int view = 1; view <= views; view++) {
            images.startEpoch(session, view);
            computeView(view, views).forEach((name, rows) -> byName.get(name).add(rows));
            if (view == 1 && !isSameInOtherBatches(byName)) {
                messages.accept("%s: its outputs depend on the other images of a batch; it runs in every step"
                        .formatted(teacher.name()));
                return Optional.empty();
            }
        }
        var values = ImmutableMap.<String, TeacherOutputs.Values>builder();
        byName.forEach((name, rows) -> values.put(name, new TeacherOutputs.Values(rowShape(name), rows)));
        return Optional.of(values.buildOrThrow());
    }

    private Shape rowShape(String name) {
        return tensors.get(name).shape().tail();
    }

    private boolean fits(long limitOfView) {
        return tensors.keySet().stream().allMatch(name -> !rowShape(name).hasUnknownDimension())
                && tensors.keySet().stream()
                                .mapToLong(name -> rowShape(name).size() * size * Float.BYTES)
                                .sum()
                        <= limitOfView
                && tensors.keySet().stream().allMatch(name -> rowShape(name).size() * size <= Integer.MAX_VALUE - 8);
    }

    private Map<String, float[]> computeView(int view, int views) {
        var rows = ImmutableMap.<String, float[]>builder();
        tensors.keySet()
                .forEach(name ->
                        rows.put(name, new float[Math.toIntExact(rowShape(name).size() * size)]));
        var all = rows.buildOrThrow();
        int batch = task.plan().batchSize();
        long spoken = System.nanoTime();
        for (int from = 0; from < size; from += batch) {
            var samples = new int[Math.min(batch, size - from)];
            int start = from;
            Arrays.setAll(samples, i -> start + i);
            fetch(samples)
                    .forEach((name, values) -> System.arraycopy(
                            values,
                            0,
                            all.get(name),
                            start * (int) rowShape(name).size(),
                            values.length));
            if (System.nanoTime() - spoken > BETWEEN_LINES.toNanos()) {
                spoken = System.nanoTime();
                messages.accept("%s: outputs of %,d of %,d images kept%s"
                        .formatted(
                                teacher.name(),
                                from + samples.length,
                                size,
                                views == 1 ? "" : ", view %d of %d".formatted(view, views)));
            }
        }
        return all;
    }

    /** Of samples drawn at random, in full batches and in one as short as an epoch's last. */
    private boolean isSameInOtherBatches(Map<String, List<float[]>> computed) {
        var random = new Random(1);
        int batch = Math.min(task.plan().batchSize(), size);
        int last = size % batch == 0 ? batch : size % batch;
        for (int i = 0; i <= BATCHES_COMPARED; i++) {
            var samples =
                    random.ints(i == BATCHES_COMPARED ? last : batch, 0, size).toArray();
            var fetched = fetch(samples);
            for (var name : tensors.keySet()) {
                int length = (int) rowShape(name).size();
                for (int s = 0; s < samples.length; s++) {
                    int from = samples[s] * length;
                    if (!Arrays.equals(
                            fetched.get(name),
                            s * length,
                            (s + 1) * length,
                            computed.get(name).get(0),
                            from,
                            from + length)) {
                        return false;
                    }
                }
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
