package sckd.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import sckd.data.EpochOrder;
import sckd.data.HorizontalFlip;
import sckd.data.ImageSet;
import sckd.data.Normalization;
import sckd.data.RandomCrop;
import sckd.distillation.CosineGate;
import sckd.distillation.DistillationTerm;
import sckd.distillation.FitNetsLoss;
import sckd.distillation.Gate;
import sckd.distillation.OpenGate;
import sckd.distillation.OutputLoss;
import sckd.graph.SessionRuns;
import sckd.savedmodel.ClassifierModel;
import sckd.zoo.Zoo;

/**
 * Median times of steps on 32×32 images in batches of 64: what a gated step costs against an ungated one, with one loss and with four, and the
 * share of a step that is not inside {@code Session.run}. The variants take turns, so that what else the machine does hits all alike.
 * {@code java -cp … sckd.training.StepBenchmark [STUDENT TEACHER]}
 */
public final class StepBenchmark {
    private static final int BATCH = 64;
    private static final int ROUNDS = 12;
    private static final int STEPS_IN_ROUND = 10;

    private StepBenchmark() {}

    /** Builds all variants, then lets them take turns. */
    public static void main(String[] arguments) throws IOException {
        var student = arguments.length > 0 ? arguments[0] : "plain-cnn-2";
        var teacher = arguments.length > 1 ? arguments[1] : "plain-cnn-6";
        var directory = Files.createTempDirectory("sckd-steps");
        Zoo.create(student, 10, List.of(32, 32, 3), 1, directory.resolve("student"));
        Zoo.create(teacher, 10, List.of(32, 32, 3), 2, directory.resolve("teacher"));
        var variants = List.of(
                new Variant("NOKD", task(directory, 0, new OpenGate(false)), directory),
                new Variant("BLKD, 1 loss", task(directory, 1, new OpenGate(false)), directory),
                new Variant("SCKD, 1 loss", task(directory, 1, new CosineGate(0)), directory),
                new Variant("BLKD, 4 losses", task(directory, 4, new OpenGate(false)), directory),
                new Variant("SCKD, 4 losses", task(directory, 4, new CosineGate(0)), directory));
        for (int round = 0; round < ROUNDS; round++) {
            for (var variant : variants) {
                variant.run(round > 1);
            }
        }
        System.out.printf("%s from %s, batch %d%n", student, teacher, BATCH);
        variants.forEach(variant -> System.out.printf(
                "%-15s %7.2f ms a step, %.1f %% of it outside Session.run%n",
                variant.name,
                1e-6 * median(variant.whole),
                100 * (1 - median(variant.inside) / median(variant.whole))));
        System.out.printf(
                "SCKD/BLKD: %.2f with 1 loss, %.2f with 4%n",
                median(variants.get(2).whole) / median(variants.get(1).whole),
                median(variants.get(4).whole) / median(variants.get(3).whole));
        variants.forEach(Variant::close);
    }

    private static TrainingTask task(Path directory, int losses, Gate gate) {
        var none = Optional.<String>empty();
        var stage1 = Optional.of("stage1");
        var stage2 = Optional.of("stage2");
        var terms = List.of(
                new DistillationTerm("output", new OutputLoss(4), "teacher", none, none, 0.9f),
                new DistillationTerm("plain", new OutputLoss(1), "teacher", none, none, 0.1f),
                new DistillationTerm("hint1", new FitNetsLoss(), "teacher", stage1, stage1, 1),
                new DistillationTerm("hint2", new FitNetsLoss(), "teacher", stage2, stage2, 1));
        var images = images(1024);
        return new TrainingTask(
                1,
                new TrainingData(
                        10, images, Optional.empty(), images.head(1), List.of(new RandomCrop(4), new HorizontalFlip())),
                model(directory, "student"),
                losses == 0 ? List.of() : List.of(model(directory, "teacher")),
                1,
                terms.subList(0, losses),
                gate,
                new TrainingPlan(
                        1,
                        BATCH,
                        new Sgd(0.01f, 0.9f, false, new WeightDecay(5e-4f, false)),
                        new Schedule.Constant(),
                        OptionalDouble.empty(),
                        1));
    }

    private static NamedModel model(Path directory, String name) {
        var input = new Normalization(List.of(.5f, .5f, .5f), List.of(.25f, .25f, .25f));
        return new NamedModel(name, ClassifierModel.read(directory.resolve(name)), input);
    }

    private static ImageSet images(int count) {
        var random = new Random(1);
        var pixels = new byte[count * 32 * 32 * 3];
        random.nextBytes(pixels);
        return new ImageSet(pixels, random.ints(count, 0, 10).toArray(), 32, 32, 3);
    }

    private static double median(List<Long> times) {
        var sorted = times.stream().mapToLong(Long::longValue).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    /** A task's step and its times; what {@link TrainingSession} and {@link Trainer} do in a step, with the clock read around the run. */
    private static final class Variant {
        private final String name;
        private final List<Long> whole = new ArrayList<>();
        private final List<Long> inside = new ArrayList<>();
        private final Graph graph = new Graph();
        private final Session session;
        private final StepGraph step;
        private final JsonLines log;
        private final List<int[]> batches;
        private TrainingState state = TrainingState.START;

        Variant(String name, TrainingTask task, Path directory) {
            this.name = name;
            step = StepGraph.build(Ops.create(graph), task, Map.of());
            session = Evaluation.openSession(graph);
            SessionRuns.run(session, step.initialize());
            step.images().load(session);
            step.images().startEpoch(session, 1);
            log = JsonLines.open(directory.resolve(name + ".jsonl"), 0);
            batches = new EpochOrder(task.data().train().size(), 1).batches(1, BATCH);
        }

        void run(boolean measured) {
            for (int i = 0; i < STEPS_IN_ROUND; i++) {
                long start = System.nanoTime();
                long run = step(batches.get(i));
                if (measured) {
                    whole.add(System.nanoTime() - start);
                    inside.add(run);
                }
            }
        }

        private long step(int[] samples) {
            try (var indices = TInt32.vectorOf(samples);
                    var rate = TFloat32.scalarOf(0.01f)) {
                var runner = session.runner()
                        .feed(step.indices(), indices)
                        .feed(step.learningRate(), rate)
                        .addTarget(step.update())
                        .fetch(step.measurements().packed());
                long start = System.nanoTime();
                try (var result = runner.run()) {
                    long run = System.nanoTime() - start;
                    var packed = (TFloat32) result.get(0);
                    var record = step.measurements().read(packed, 1, state.step() + 1, 0.01);
                    state = state.afterStep(record, samples.length);
                    log.append(record);
                    return run;
                }
            }
        }

        void close() {
            log.close();
            session.close();
            graph.close();
        }
    }
}
