package sckd.training;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import sckd.data.Normalization;
import sckd.distillation.NamedHead;
import sckd.savedmodel.ModelDigest;
import sckd.savedmodel.ModelSettings;

/**
 * The outputs of frozen teachers on the training images, computed once for all trainings that show these images in the same few ways: each image in one (no
 * augmentation), or in a fixed number ({@link TrainingData#views}). Kept by the SHA-256 of the teacher and of its heads, its input and the images.
 *
 * <p>A training that uses it ends with the same bits as one that runs the teacher in each step; a teacher whose outputs depend on the batch that an image
 * stands in, to the last bit, is not cached.
 */
public final class TeacherCache {
    private static final long DEFAULT_LIMIT = 1L << 30;

    private final long limit;
    private final Consumer<String> messages;
    private final Map<Key, TeacherOutputs.Values> values = new HashMap<>();

    /** One tensor of a teacher, on these images as they are shown, in batches of one size. */
    private record Key(
            String sha256,
            ModelSettings settings,
            Normalization input,
            ClassOrder classes,
            List<NamedHead> heads,
            Optional<String> headsSha256,
            String tensor,
            TrainingData data,
            long seed,
            int batchSize) {}

    /**
     * @param limit bytes for each teacher; one that would need more is not cached
     * @param messages is told what is computed, a line each
     */
    public TeacherCache(long limit, Consumer<String> messages) {
        this.limit = limit;
        this.messages = messages;
    }

    /** Up to 1 GiB for each teacher. */
    public TeacherCache(Consumer<String> messages) {
        this(DEFAULT_LIMIT, messages);
    }

    /** Caches nothing. */
    public static TeacherCache none() {
        return new TeacherCache(0, line -> {});
    }

    /** The outputs of all teachers of a task that can be cached, by name; computed where they are not there yet. */
    Map<String, TeacherOutputs> outputs(TrainingTask task) {
        var outputs = ImmutableMap.<String, TeacherOutputs>builder();
        if (task.data().shownViews().isPresent() && limit > 0) {
            for (var teacher : task.teachers()) {
                find(task, teacher).ifPresent(found -> outputs.put(teacher.name(), found));
            }
        }
        return outputs.buildOrThrow();
    }

    private Optional<TeacherOutputs> find(TrainingTask task, NamedModel teacher) {
        var layers = StepModels.teacherLayers(task, teacher.name());
        var tensors = new ArrayList<>(List.of(TeacherSweep.LOGITS));
        tensors.addAll(layers);
        var sha256 = ModelDigest.of(teacher.model().directory());
        var headsSha256 = teacher.heads().trained().map(TrainedHeads::sha256);
        int batchSize = task.plan().batchSize();
        var keys = new HashMap<String, Key>();
        tensors.forEach(tensor -> keys.put(
                tensor,
                new Key(
                        sha256,
                        teacher.model().settings(),
                        teacher.input(),
                        teacher.classes(),
                        teacher.heads().list(),
                        headsSha256,
                        tensor,
                        task.data(),
                        task.seed(),
                        batchSize)));
        var missing = tensors.stream()
                .filter(tensor -> !values.containsKey(keys.get(tensor)))
                .toList();
        if (!missing.isEmpty()) {
            var computed = TeacherSweep.run(task, teacher, missing, limit, messages);
            if (computed.isEmpty()) {
                return Optional.empty();
            }
            computed.get().forEach((tensor, found) -> values.put(keys.get(tensor), found));
        }
        var features = ImmutableMap.<String, TeacherOutputs.Values>builder();
        layers.forEach(layer -> features.put(layer, values.get(keys.get(layer))));
        return Optional.of(new TeacherOutputs(values.get(keys.get(TeacherSweep.LOGITS)), features.buildOrThrow()));
    }
}
