package sckd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.Maps;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.Shared;
import sckd.graph.SessionRuns;
import sckd.interop.ExportedStudent;
import sckd.interop.OutputKind;
import sckd.savedmodel.ClassifierModel;
import sckd.savedmodel.ModelInstance;
import sckd.savedmodel.ModelVariables;

/**
 * By the commands that a user gives: pretrained ResNets are imported, ResNet-20 (as Keras 2 saves) and ResNet-32 (as Keras 3 exports) trained
 * for 50 steps from ResNet-56 with a hint, exported, and loaded by Python.
 */
@Tag("interop")
class ExportInPythonTest {
    private static final String NAME =
            "export-in-python-test-" + ProcessHandle.current().pid();
    private static final Set<String> NEEDED = Set.of(
            "tf.saved_model.load", "own call", "TFSMLayer", "graph mode", "every signature", "variables", "trained");
    private static final List<Integer> IMAGES = List.of(16, 32, 32, 3);

    @TempDir
    static Path directory;

    @BeforeAll
    static void importModels() {
        for (var model : List.of("resnet20", "resnet32", "resnet56")) {
            var source = Shared.require("models/" + model + "-cifar10").toString();
            var arguments = List.of("--as", NAME + "-" + model, "--mean", ".485,.456,.406", "--std", ".229,.224,.225");
            var command = new ArrayList<>(List.of("import", source));
            command.addAll(arguments);
            Sckd.run(command.toArray(String[]::new)).assertFine();
        }
    }

    @AfterAll
    static void removeModels() throws IOException {
        for (var model : List.of("resnet20", "resnet32", "resnet56")) {
            var imported = imported(model);
            if (Files.exists(imported)) {
                MoreFiles.deleteRecursively(imported, RecursiveDeleteOption.ALLOW_INSECURE);
            }
        }
    }

    private static Path imported(String model) {
        return Path.of("savedmodels", NAME + "-" + model);
    }

    @Test
    void everyLoaderComputesWhatWeDo() throws IOException {
        var students = List.of(
                train("resnet20", "Keras 2, model.save", "layer2_2_relu2"),
                train("resnet32", "Keras 3, model.export", "layer2_4_relu2"));
        ExportedStudent.runChecks("check_exports-by-commands", students);
        for (var student : students) {
            var results = student.readResults();
            results.values().forEach(ExportedStudent::assertPassed);
            assertThat(results).containsAllEntriesOf(Maps.toMap(NEEDED, check -> "ok"));
        }
    }

    private static ExportedStudent train(String model, String writer, String hint) throws IOException {
        var experiment = directory.resolve(model + ".yaml");
        var archive = Shared.require("data/cifar-10-batches-bin.tar.xz");
        Files.writeString(
                experiment,
                """
                name: %s-student
                data: {dataset: cifar10, path: %s, train-limit: 3200, test-limit: 500}
                student: {model: %s}
                teachers: [{name: resnet56, model: %s}]
                losses:
                  - {name: output, kind: output, teacher: resnet56}
                  - {name: stage2, kind: fitnets, teacher: resnet56, teacher-layer: layer2_8_relu2, student-layer: %s}
                training: {epochs: 1, batch-size: 64, optimizer: {kind: sgd, learning-rate: 0.01, momentum: 0.9}}
                """
                        .formatted(model, archive.toAbsolutePath(), imported(model), imported("resnet56"), hint));
        var run = directory.resolve(model + "-run").toString();
        assertThat(Sckd.run("train", experiment.toString(), "--output", run).code())
                .isZero();
        var student = new ExportedStudent(Files.createDirectory(directory.resolve(model)));
        Sckd.run("export", run, "--to", student.model().toString()).assertFine();
        var exported = ClassifierModel.read(student.model());
        var probe = new ExportedStudent.Probe("images", noise(), "float32", IMAGES);
        student.describe(
                Shared.require("models/" + model + "-cifar10"),
                new ExportedStudent.Interface(
                        writer,
                        List.of("serve"),
                        "serving_default",
                        Map.of(),
                        Map.of(exported.outputs().keySet().iterator().next(), OutputKind.LOGITS),
                        false),
                probe,
                logits(exported, probe));
        return student;
    }

    private static float[] noise() {
        var random = new Random(5);
        var images = new float[16 * 32 * 32 * 3];
        for (int i = 0; i < images.length; i++) {
            images[i] = (float) random.nextGaussian();
        }
        return images;
    }

    /** The export was compared with the training's variables when it was written. */
    private static float[] logits(ClassifierModel model, ExportedStudent.Probe probe) {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var images = tf.constant(Shape.of(probe.shapeArray()), DataBuffers.of(probe.images()));
            var variables = ModelVariables.build(tf, "model", model);
            var instance = ModelInstance.buildInference(tf, "model", model, variables, images, List.of());
            SessionRuns.run(session, List.of(variables.restore()));
            try (var result = session.runner().fetch(instance.logits()).run()) {
                var logits = (TFloat32) result.get(0);
                var values = new float[Math.toIntExact(logits.size())];
                logits.asRawTensor().data().asFloats().read(values);
                return values;
            }
        }
    }
}
