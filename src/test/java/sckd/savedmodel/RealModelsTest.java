package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.AssignVariableOp;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;
import sckd.UserException;

/** The pretrained ResNets, two as Keras 2 saves and two as Keras 3 exports, and broken ones. */
class RealModelsTest {
    private static final Path MODELS =
            Path.of(System.getProperty("sckd.shared", "../shared")).resolve("models");

    @ParameterizedTest
    @CsvSource({
        "resnet20-cifar10, 271098, 269722, 1, layer1_2_relu2, layer2_2_relu2, layer3_2_relu2",
        "resnet32-cifar10, 466426, 464154, 2, layer1_4_relu2, layer2_4_relu2, layer3_4_relu2",
        "resnet44-cifar10, 661754, 658586, 2, layer1_6_relu2, layer2_6_relu2, layer3_6_relu2",
        "resnet56-cifar10, 857082, 853018, 1, layer1_8_relu2, layer2_8_relu2, layer3_8_relu2"
    })
    void variablesAndLayersAreFound(
            String name, long parameters, long trainable, int copies, String stage1, String stage2, String stage3) {
        var model = read(name);
        var inspection = Inspection.of(model.directory());

        assertThat(inspection.faults()).isEmpty();
        assertThat(inspection.parameters()).hasValue(parameters);
        assertThat(inspection.trainableParameters()).hasValue(trainable);
        assertThat(inspection.withoutGradient()).isEmpty();
        assertThat(inspection.fusedBatchNorms().size()
                        + inspection.decomposedBatchNorms().size())
                .isEqualTo(Integer.parseInt(name.substring("resnet".length(), "resnet".length() + 2)) - 1);
        assertThat(inspection.features())
                .filteredOn(feature -> List.of(stage1, stage2, stage3).contains(feature.name()))
                .extracting(Inspection.Feature::shape)
                .containsExactly("[?, 32, 32, 16]", "[?, 16, 16, 32]", "[?, 8, 8, 64]");
        assertThat(model.variables()).allMatch(variable -> variable.keys().size() == copies);
        assertThat(model.features()).containsKeys(stage1, stage2, stage3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet32-cifar10", "resnet44-cifar10"})
    void bothCopiesOfAVariableHoldTheSame(String name) {
        var model = read(name);
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var differences = new ArrayList<Operand<TFloat32>>();
            for (var variable : model.variables()) {
                var first = restored(tf, model, variable, 0);
                var second = restored(tf, model, variable, 1);
                differences.add(tf.math.abs(tf.math.sub(first, second)));
            }
            var runner = session.runner();
            differences.forEach(difference ->
                    runner.fetch(tf.max(tf.reshape(difference, tf.constant(new int[] {-1})), tf.constant(0))));
            try (var result = runner.run()) {
                for (int i = 0; i < differences.size(); i++) {
                    assertThat(((TFloat32) result.get(i)).getFloat())
                            .as(model.variables().get(i).toString())
                            .isZero();
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet20-cifar10", "resnet32-cifar10"})
    void theFlatGraphComputesWhatTheSignatureDoes(String name) {
        var model = read(name);
        long seed = 7;
        var random = new Random(seed);
        var pixels = new float[4 * 32 * 32 * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextGaussian();
        }
        try (var images = TFloat32.tensorOf(Shape.of(4, 32, 32, 3), DataBuffers.of(pixels, true, false))) {
            var expected = signature(model, images);
            var actual = flat(model, images);
            for (int i = 0; i < expected.length; i++) {
                assertThat(actual[i]).as("seed %d, image %d", seed, i).containsExactly(expected[i], within(1e-5f));
            }
        }
    }

    @Test
    void aMissingShardIsNamed() {
        var directory = existing("broken/missing-shard");
        assertThatThrownBy(() -> ClassifierModel.read(directory))
                .isInstanceOf(UserException.class)
                .hasMessage(directory.resolve("variables/variables.data-00000-of-00001")
                        + " is missing; variables.index places 9 tensors in it");
    }

    @Test
    void pointersAreNamed() {
        var directory = existing("broken/lfs-pointers");
        assertThatThrownBy(() -> ClassifierModel.read(directory))
                .isInstanceOf(UserException.class)
                .hasMessage(directory.resolve("saved_model.pb")
                        + " is a Git LFS pointer, not the file it stands for; fetch it with 'git lfs pull'");
    }

    private static ClassifierModel read(String name) {
        return ClassifierModel.read(existing(name));
    }

    private static Path existing(String name) {
        var directory = MODELS.resolve(name);
        assumeTrue(Files.isDirectory(directory), directory + " is not there");
        return directory;
    }

    private static float[][] signature(ClassifierModel model, TFloat32 images) {
        try (var bundle = SavedModelBundle.load(model.directory().toString(), "serve")) {
            var signature = bundle.function("serving_default").signature();
            var output = signature.outputNames().iterator().next();
            try (var result = bundle.function("serving_default").call(Map.of("images", images))) {
                return StdArrays.array2dCopyOf((TFloat32) result.get(output).orElseThrow());
            }
        }
    }

    private static float[][] flat(ClassifierModel model, TFloat32 images) {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            graph.importGraphDef(model.graph());
            var tf = Ops.create(graph).withSubScope("restore");
            var assigns = new ArrayList<Op>();
            for (var variable : model.variables()) {
                Operand<? extends TType> handle = graph.outputOrThrow(variable.handle());
                assigns.add(AssignVariableOp.create(tf.scope(), handle, restored(tf, model, variable, 0)));
            }
            var restore = session.runner();
            assigns.forEach(restore::addTarget);
            restore.run().close();
            try (var result = session.runner()
                    .feed(model.input().node(), images)
                    .fetch(model.logits().toString())
                    .run()) {
                return StdArrays.array2dCopyOf((TFloat32) result.get(0));
            }
        }
    }

    private static Operand<TFloat32> restored(Ops tf, ClassifierModel model, ModelVariable variable, int key) {
        assertThat(variable.dtype()).isEqualTo(DataType.DT_FLOAT);
        var restore = tf.train.restore(
                tf.constant(model.directory().resolve("variables/variables").toString()),
                tf.array(variable.keys().get(key)),
                tf.array(""),
                List.of(TFloat32.class));
        return restore.tensors().get(0).expect(TFloat32.class);
    }
}
