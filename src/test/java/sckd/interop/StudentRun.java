package sckd.interop;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

/** Trains a model for a few steps from a frozen teacher, exports it, and writes what the training's variables make of some images beside it. */
record StudentRun(ExportedStudent result) {
    private static final int BATCH = 4;
    private static final int EPOCHS = 2;
    private static final Sgd SGD = new Sgd(0.01f, 0.9f, false, new WeightDecay(1e-4f, false));

    /** Three steps an epoch, two epochs. */
    void trainAndExport(
            NamedModel student,
            NamedModel teacher,
            ImageSet images,
            int classes,
            ExportedStudent.Interface face,
            ExportedStudent.Probe probe)
            throws IOException {
        if (Files.exists(result.directory())) {
            MoreFiles.deleteRecursively(result.directory(), RecursiveDeleteOption.ALLOW_INSECURE);
        }
        var run = Files.createDirectories(result.directory().resolve("run"));
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
        StudentExport.write(student.model(), bundle, TrainingTask.STUDENT, result.model());
        result.describe(student.model().directory(), face, probe, logits(student.model(), bundle, face, probe));
        MoreFiles.deleteRecursively(run, RecursiveDeleteOption.ALLOW_INSECURE);
    }

    private static float[] logits(
            ClassifierModel model, Path bundle, ExportedStudent.Interface face, ExportedStudent.Probe probe) {
        try (var graph = new Graph();
                var session = new Session(graph);
                var images = Values.tensor(probe.shapeArray(), probe.images())) {
            var tf = Ops.create(graph);
            var fed = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(probe.shapeArray())));
            var variables = ModelVariables.build(tf, TrainingTask.STUDENT, model);
            var instance = face.servesTraining()
                    ? ModelInstance.buildTraining(tf, TrainingTask.STUDENT, model, variables, fed, List.of())
                    : ModelInstance.buildInference(tf, TrainingTask.STUDENT, model, variables, fed, List.of());
            VariableBundle.build(tf, List.copyOf(variables.byHandle().values())).restore(session, bundle);
            try (var result =
                    session.runner().feed(fed, images).fetch(instance.logits()).run()) {
                return Values.read((TFloat32) result.get(0));
            }
        }
    }

    private static final class Silent implements TrainingListener {
        @Override
        public void step(StepRecord record, long images, long total) {}

        @Override
        public void epoch(EpochRecord record) {}
    }
}
