package sckd.training;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
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
    private static final long DEFAULT_LIMIT =
            Math.min(1L << 30, Runtime.getRuntime().maxMemory() / 4);

    private final long limit;
    private final Consumer<String> messages;
    /** What was used longest ago comes first. */
    private final Map<Key, TeacherOutputs.Values> kept = new LinkedHashMap<>(16, .75f, true);
    /** Found to depend on the other images of a batch. */
    private final Set<Key> dependent = new HashSet<>();

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

    /** The tensors that a training needs of a teacher, by name. */
    private record Wanted(NamedModel teacher, Map<String, Key> keys) {}

    /**
     * @param limit bytes for all that is kept: what was used longest ago makes room; a teacher for which there is none beside those of the same training is
     *     not cached
     * @param messages is told what is computed, a line each
     */
    public TeacherCache(long limit, Consumer<String> messages) {
        this.limit = limit;
        this.messages = messages;
    }

    /** Up to 1 GiB, or a quarter of the heap where that is less. */
    public TeacherCache(Consumer<String> messages) {
        this(DEFAULT_LIMIT, messages);
    }

    /** Caches nothing. */
    public static TeacherCache none() {
        return new TeacherCache(0, line -> {});
    }

    /** The outputs of all teachers of a task that can be cached, by name; computed where they are not there yet. */
    Map<String, TeacherOutputs> outputs(TrainingTask task) {
        if (task.data().shownViews().isEmpty() || limit == 0) {
            return Map.of();
        }
        var wanted = task.teachers().stream()
                .map(teacher -> new Wanted(teacher, keys(task, teacher)))
                .toList();
        var used = wanted.stream()
                .flatMap(outputs -> outputs.keys().values().stream())
                .collect(Collectors.toSet());
        used.forEach(kept::get); // they are not the first to go any more
        var outputs = ImmutableMap.<String, TeacherOutputs>builder();
        for (var ofTeacher : wanted) {
            if (keep(task, ofTeacher, used)) {
                outputs.put(ofTeacher.teacher().name(), find(ofTeacher.keys()));
            }
        }
        return outputs.buildOrThrow();
    }

    /** By tensor. */
    private static Map<String, Key> keys(TrainingTask task, NamedModel teacher) {
        var tensors = new ArrayList<>(List.of(TeacherSweep.LOGITS));
        tensors.addAll(StepModels.teacherLayers(task, teacher.name()));
        var sha256 = ModelDigest.of(teacher.model().directory());
        var headsSha256 = teacher.heads().trained().map(TrainedHeads::sha256);
        var keys = ImmutableMap.<String, Key>builder();
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
                        task.plan().batchSize())));
        return keys.buildOrThrow();
    }

    /**
     * Computes what is not there yet.
     *
     * @param used by the training, this teacher's and the others'
     * @return false, and said why, where they cannot be kept
     */
    private boolean keep(TrainingTask task, Wanted wanted, Set<Key> used) {
        var keys = wanted.keys();
        if (keys.values().stream().anyMatch(dependent::contains)) {
            return false;
        }
        var missing = keys.keySet().stream()
                .filter(tensor -> !kept.containsKey(keys.get(tensor)))
                .toList();
        if (missing.isEmpty()) {
            return true;
        }
        var name = wanted.teacher().name();
        try (var sweep = new TeacherSweep(task, wanted.teacher(), missing, messages)) {
            if (!makeRoom(sweep.findBytes(), used)) {
                messages.accept("%s: its outputs on %,d images are too large to be kept; it runs in every step"
                        .formatted(name, task.data().train().size()));
                return false;
            }
            var swept = sweep.run();
            if (!swept.dependent().isEmpty()) {
                messages.accept(
                        "%s: its outputs depend on the other images of a batch; it runs in every step".formatted(name));
            }
            swept.dependent().forEach(tensor -> dependent.add(keys.get(tensor)));
            swept.values().forEach((tensor, values) -> kept.put(keys.get(tensor), values));
            return swept.dependent().isEmpty();
        }
    }

    private TeacherOutputs find(Map<String, Key> keys) {
        var features = ImmutableMap.<String, TeacherOutputs.Values>builder();
        keys.forEach((tensor, key) -> {
            if (!tensor.equals(TeacherSweep.LOGITS)) {
                features.put(tensor, kept.get(key));
            }
        });
        return new TeacherOutputs(kept.get(keys.get(TeacherSweep.LOGITS)), features.buildOrThrow());
    }

    /**
     * Drops what was used longest ago, where so much has to go; what the training uses was used last and stays.
     *
     * @return false where that would not do
     */
    private boolean makeRoom(OptionalLong bytes, Set<Key> used) {
        long ofTraining = kept.entrySet().stream()
                .filter(entry -> used.contains(entry.getKey()))
                .mapToLong(entry -> entry.getValue().bytes())
                .sum();
        if (bytes.isEmpty() || bytes.getAsLong() > limit - ofTraining) {
            return false;
        }
        long all =
                kept.values().stream().mapToLong(TeacherOutputs.Values::bytes).sum();
        var oldest = kept.values().iterator();
        while (all + bytes.getAsLong() > limit) {
            all -= oldest.next().bytes();
            oldest.remove();
        }
        return true;
    }
}
