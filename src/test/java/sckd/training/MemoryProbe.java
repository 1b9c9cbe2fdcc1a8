package sckd.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Prints the resident memory of this process every 500 of 5,000 steps of a whole training: gated steps with an adapter, augmentation, an
 * evaluation and a checkpoint every 100 steps. Linux. {@code java -Xmx256m -cp … sckd.training.MemoryProbe}
 */
public final class MemoryProbe {
    private static final int STEPS_IN_EPOCH = 100;
    private static final int EPOCHS = 50;

    private MemoryProbe() {}

    /** Runs it in a new directory under the temporary one. */
    public static void main(String[] arguments) throws IOException {
        var directory = Files.createTempDirectory("sckd-memory");
        Files.createDirectory(directory.resolve("run"));
        var plan = new TrainingPlan(EPOCHS, 5, SmallTask.SGD, new Schedule.Cosine(), OptionalDouble.of(2), 2);
        var small = SmallTask.full(directory, plan);
        var data = new TrainingData(
                SmallTask.CLASSES,
                SmallTask.images(5 * STEPS_IN_EPOCH, 1),
                Optional.of(SmallTask.images(100, 2)),
                SmallTask.images(100, 3),
                small.data().augmentations());
        var task = SmallTask.task(directory, data, small.terms(), plan);
        Trainer.train(task, directory.resolve("run"), new Printer(), () -> false);
    }

    private record Printer() implements TrainingListener {
        @Override
        public void step(StepRecord record, long images, long total) {
            if (record.step() == 100 || record.step() % 500 == 0) {
                System.out.printf("step %5d  %d MiB resident%n", record.step(), residentMebibytes());
            }
        }

        @Override
        public void epoch(EpochRecord record) {
            // the steps tell enough
        }
    }

    private static long residentMebibytes() {
        System.gc(); // so that the heap's garbage is no part of it
        try {
            List<String> lines = Files.readAllLines(Path.of("/proc/self/status"));
            var line = lines.stream().filter(each -> each.startsWith("VmRSS:")).findFirst();
            return Long.parseLong(line.orElseThrow().replaceAll("\\D", "")) / 1024;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
