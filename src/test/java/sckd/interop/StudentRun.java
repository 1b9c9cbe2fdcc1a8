package sckd.interop;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.collect.ImmutableMap;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import sckd.data.ImageSet;
import sckd.distillation.CosineGate;
import sckd.distillation.DistillationTerm;
import sckd.distillation.OutputLoss;
import sckd.graph.VariableBundle;
import sckd.savedmodel.ClassifierModel;
import sckd.savedmodel.ModelInstance;
import sckd.savedmodel.ModelVariables;
import sckd.savedmodel.StudentExport;
import sckd.training.EpochRecord;
import sckd.training.NamedModel;
import sckd.training.Schedule;
import sckd.training.Sgd;
import sckd.training.StepRecord;
import sckd.training.Trainer;
import sckd.training.TrainingData;
import sckd.training.TrainingListener;
import sckd.training.TrainingPlan;
import sckd.training.TrainingTask;
import sckd.training.WeightDecay;

/**
 * Trains a model for a few steps from a frozen teacher, exports it, and writes what the training's variables make of some images beside it.
 *
 * @param directory its own: {@code export.json} tells {@code check_exports.py} of the rest
 */
record StudentRun(Path directory) {
    private static final int BATCH = 4;
    private static final int EPOCHS = 2;
    private static final Sgd SGD = new Sgd(0.01f, 0.9f, false, new WeightDecay(1e-4f, false));

    /**
     * What the export is to be compared on.
     *
     * @param name of the signature's input
     * @param images as the signature takes them, as floats
     * @param dtype that the signature takes
     */
    record Probe(String name, float[] images, String dtype, List<Integer> shape) {
        long[] shapeArray() {
            return shape.stream().mapToLong(Integer::longValue).toArray();
        }
    }

    /**
     * What the loaders need to know.
     *
     * @param others files of what is fed beside the images, by the input's name
     */
    record Interface(
            String writer,
            List<String> tags,
            String signature,
            Map<String, Recorded.Tensor> others,
            Map<String, OutputKind> outputs) {}

    Path exported() {
        return directory.resolve("exported");
    }

    /** Three steps an epoch, two epochs. */
    void trainAndExport(
            NamedModel student, NamedModel teacher, ImageSet images, int classes, Interface face, Probe probe)
            throws IOException {
        if (Files.exists(directory)) {
            MoreFiles.deleteRecursively(directory, RecursiveDeleteOption.ALLOW_INSECURE);
        }
        var run = Files.createDirectories(directory.resolve("run"));
        var none = Optional.<String>empty();
        var task = new TrainingTask(
                3,
                new TrainingData(classes, images, Optional.empty(), images, List.of()),
                student,
                List.of(teacher),
                1,
                List.of(new DistillationTerm("output", new OutputLoss(4), teacher.name(), none, none, 0.9f)),
                new CosineGate(0),
                new TrainingPlan(EPOCHS, BATCH, SGD, new Schedule.Constant(), OptionalDouble.of(1), 1));
        var bundle =
                Trainer.train(task, run, new Silent(), () -> false).checkpoint().bundle();
        StudentExport.write(student.model(), bundle, TrainingTask.STUDENT, exported());
        write("images.bin", probe.images(), probe.dtype());
        write("logits.bin", logits(student.model(), bundle, probe), "float32");
        writeDescription(student.model().directory(), face, probe, classes);
        MoreFiles.deleteRecursively(run, RecursiveDeleteOption.ALLOW_INSECURE);
    }

    private static float[] logits(ClassifierModel model, Path bundle, Probe probe) {
        try (var graph = new Graph();
                var session = new Session(graph);
                var images = Values.tensor(probe.shapeArray(), probe.images())) {
            var tf = Ops.create(graph);
            var fed = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(probe.shapeArray())));
            var variables = ModelVariables.build(tf, TrainingTask.STUDENT, model);
            var instance = ModelInstance.buildInference(tf, TrainingTask.STUDENT, model, variables, fed, List.of());
            VariableBundle.build(tf, List.copyOf(variables.byHandle().values())).restore(session, bundle);
            try (var result =
                    session.runner().feed(fed, images).fetch(instance.logits()).run()) {
                return Values.read((TFloat32) result.get(0));
            }
        }
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

    private void writeDescription(Path original, Interface face, Probe probe, int classes) throws IOException {
        var description = ImmutableMap.<String, Object>builder()
                .put("writer", face.writer())
                .put("original", original.toString())
                .put("exported", exported().toString())
                .put("tags", face.tags())
                .put("signature", face.signature())
                .put("others", face.others())
                .put("outputs", face.outputs())
                .put("input", tensor("images.bin", probe.dtype(), probe.shape(), Map.of("name", probe.name())))
                .put(
                        "logits",
                        tensor("logits.bin", "float32", List.of(probe.shape().get(0), classes), Map.of()))
                .buildOrThrow();
        new JsonMapper().writeValue(directory.resolve("export.json").toFile(), description);
    }

    private static Map<String, Object> tensor(
            String file, String dtype, List<Integer> shape, Map<String, String> more) {
        return ImmutableMap.<String, Object>builder()
                .putAll(more)
                .put("file", file)
                .put("dtype", dtype)
                .put("shape", shape)
                .buildOrThrow();
    }

    private static final class Silent implements TrainingListener {
        @Override
        public void step(StepRecord record, long images, long total) {}

        @Override
        public void epoch(EpochRecord record) {}
    }
}
