package sckd.interop;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import sckd.data.ImageSet;
import sckd.data.Normalization;
import sckd.savedmodel.ClassifierModel;
import sckd.training.NamedModel;
import sckd.zoo.Zoo;

/** The students: every made model that has variables, and two of the zoo. */
final class Students {
    private static final int IMAGES = 12;
    private static final Path ZOO = Path.of("target/interop/zoo");

    /** By height of the images: models that teach, the second one the first. */
    private static final Map<Integer, List<String>> TEACHERS = Map.of(
            16, List.of("keras3-small", "module-own-signatures"),
            32, List.of("keras3-vit-pooling", "keras3-vit"),
            64, List.of("keras3-efficientnetb0", "keras2-efficientnetb0"),
            96, List.of("keras3-mobilenetv2", "keras2-mobilenetv2"));

    private Students() {}

    /** A student by name. */
    interface Student {
        String name();

        void train(StudentRun run) throws IOException;
    }

    static List<Student> all() {
        var all = new ArrayList<Student>();
        for (var name : MadeModels.names()) {
            if (!MadeModels.recorded(name).trainable().isEmpty()) {
                all.add(new Made(name));
            }
        }
        all.add(new OfZoo("plain-cnn-4"));
        all.add(new OfZoo("resnet8"));
        return all;
    }

    private record Made(String name) implements Student {
        @Override
        public void train(StudentRun run) throws IOException {
            var recorded = MadeModels.recorded(name);
            var model = ClassifierModel.read(MadeModels.model(name));
            var input = recorded.input();
            var values = input.read(MadeModels.directory(name));
            int classes = recorded.logits().shape().get(1);
            var images = images(input.shape(), classes);
            var outputs = ImmutableMap.<String, OutputKind>builder();
            recorded.outputs().forEach((output, tensor) -> outputs.put(output, tensor.kind()));
            var others = ImmutableMap.<String, Recorded.Tensor>builder();
            recorded.others()
                    .forEach((other, tensor) -> others.put(
                            other,
                            new Recorded.Tensor(
                                    MadeModels.directory(name)
                                            .resolve(tensor.file())
                                            .toAbsolutePath()
                                            .toString(),
                                    tensor.dtype(),
                                    tensor.shape())));
            run.trainAndExport(
                    new NamedModel("student", model, scaling(values, images.channels())),
                    teacher(name, images, classes),
                    images,
                    classes,
                    new ExportedStudent.Interface(
                            recorded.writer(),
                            recorded.tags(),
                            recorded.signature(),
                            others.buildOrThrow(),
                            outputs.buildOrThrow(),
                            recorded.servesTraining()),
                    new ExportedStudent.Probe(input.name(), values, input.dtype(), input.shape()));
        }
    }

    private record OfZoo(String architecture) implements Student {
        @Override
        public String name() {
            return "zoo-" + architecture;
        }

        @Override
        public void train(StudentRun run) throws IOException {
            var shape = List.of(4, 16, 16, 3);
            var model = zoo(architecture, 10, 16, 16);
            var images = images(shape, 10);
            var probe = new float[4 * 16 * 16 * 3];
            var random = new Random(7);
            for (int i = 0; i < probe.length; i++) {
                probe[i] = (float) random.nextGaussian();
            }
            run.trainAndExport(
                    new NamedModel("student", model, scaling(probe, 3)),
                    teacher(name(), images, 10),
                    images,
                    10,
                    new ExportedStudent.Interface(
                            "zoo",
                            List.of("serve"),
                            "serving_default",
                            Map.of(),
                            Map.of("logits", OutputKind.LOGITS),
                            false),
                    new ExportedStudent.Probe("images", probe, "float32", shape));
        }
    }

    private static NamedModel teacher(String student, ImageSet images, int classes) {
        var names = TEACHERS.get(images.height());
        if (names == null || classes != 10) {
            var model = zoo("plain-cnn-2", classes, images.height(), images.width());
            return new NamedModel("teacher", model, scaling(new float[1], 3));
        }
        var name = names.get(0).equals(student) ? names.get(1) : names.get(0);
        var values = MadeModels.recorded(name).input().read(MadeModels.directory(name));
        return new NamedModel("teacher", ClassifierModel.read(MadeModels.model(name)), scaling(values, 3));
    }

    private static ClassifierModel zoo(String architecture, int classes, int height, int width) {
        var directory = ZOO.resolve("%s-%d-%dx%d".formatted(architecture, classes, height, width));
        if (!Files.exists(directory)) {
            Zoo.create(architecture, classes, List.of(height, width, 3), 5, directory);
        }
        return ClassifierModel.read(directory);
    }

    /** Pixels as they are for a model that was recorded on pixels. */
    private static Normalization scaling(float[] recorded, int channels) {
        for (float value : recorded) {
            if (value > 10) {
                return new Normalization(Collections.nCopies(channels, 0f), Collections.nCopies(channels, 1 / 255f));
            }
        }
        return new Normalization(Collections.nCopies(channels, .5f), Collections.nCopies(channels, .25f));
    }

    /** Noise of the size that an input takes: NHWC, NCHW or flat. */
    private static ImageSet images(List<Integer> shape, int classes) {
        int height = 16;
        int width = 16;
        if (shape.size() == 4) {
            boolean isChannelsFirst = shape.get(1) == 3;
            height = shape.get(isChannelsFirst ? 2 : 1);
            width = shape.get(isChannelsFirst ? 3 : 2);
        }
        var pixels = new byte[IMAGES * height * width * 3];
        new Random(1).nextBytes(pixels);
        return new ImageSet(pixels, new Random(2).ints(IMAGES, 0, classes).toArray(), height, width, 3);
    }
}
