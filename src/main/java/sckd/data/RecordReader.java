package sckd.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import sckd.UserException;
import sckd.files.IoReason;

/**
 * Reads TFRecord files of {@code tf.Example}: of a directory those whose names, or whose directory's, begin with {@code train}, and for the test those that begin
 * with {@code test} or {@code val}; or one file, or a directory without such names, of which a share is drawn for the test.
 */
record RecordReader() implements DataSets.Reader {
    private static final int DEEPEST = 2;

    @Override
    public DataSet read(Path path) {
        return read(path, ImageReading.DEFAULT);
    }

    @Override
    public DataSet read(Path path, ImageReading reading) {
        check(path, reading);
        if (!Files.exists(path)) {
            throw new UserException(
                    "%s: no such file or directory; expected TFRecord files (see datasets/README.md)".formatted(path));
        }
        try {
            var all = files(path);
            var train = starting(path, all, "train");
            if (train.isEmpty()) {
                return readOne(path, all, reading);
            }
            var named = starting(path, all, "test");
            var test = named.isEmpty() ? starting(path, all, "val") : named;
            if (test.isEmpty()) {
                return readOne(path, train, reading);
            }
            DataParts.checkNotSplit(path, reading);
            var trainExamples = read(train, reading);
            var testExamples = read(test, reading);
            return finish(
                    reading,
                    trainExamples,
                    testExamples,
                    trainExamples.images(reading),
                    testExamples.images(reading, trainExamples));
        } catch (IOException e) {
            throw IoReason.unreadable(path, e);
        }
    }

    private static void check(Path path, ImageReading reading) {
        if (reading.features().raw().isPresent()) {
            reading.refuse(
                    path,
                    "raw pixels (features.raw) are shown as they are: leave it out",
                    ImageReading.Key.SIZE,
                    ImageReading.Key.FIT,
                    ImageReading.Key.CROP_SHARE,
                    ImageReading.Key.CHANNELS,
                    ImageReading.Key.STREAM);
        } else {
            ImageFrame.check(path, reading);
        }
    }

    private static DataSet readOne(Path path, List<Path> files, ImageReading reading) throws IOException {
        if (files.isEmpty()) {
            throw new UserException("%s: no file; expected TFRecord files (see datasets/README.md)".formatted(path));
        }
        var examples = read(files, reading);
        var parts = DataParts.split(path, examples.images(reading), reading);
        return finish(reading, examples, examples, parts.train(), parts.heldOut());
    }

    private static DataSet finish(
            ImageReading reading,
            RecordExamples trainExamples,
            RecordExamples testExamples,
            LabelledImages train,
            LabelledImages test) {
        var classes = trainExamples.classes(testExamples);
        if (train instanceof ImageFiles trainFiles && test instanceof ImageFiles testFiles) {
            return DataParts.finish("tfrecord", classes, trainFiles, testFiles, reading, Optional.empty());
        }
        return new DataSet("tfrecord", classes, train, test, train.statistics().toNormalization());
    }

    private static RecordExamples read(List<Path> files, ImageReading reading) throws IOException {
        var examples = new RecordExamples(reading.features());
        for (var file : files) {
            examples.read(new RecordFile(file));
        }
        return examples;
    }

    private static List<Path> files(Path path) throws IOException {
        try (var files = Files.walk(path, DEEPEST)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .filter(file -> !file.getFileName().toString().matches(".*\\.(txt|json|md|pbtxt)"))
                    .sorted()
                    .toList();
        }
    }

    /** Those of which a part of the path below {@code root} starts so. */
    private static List<Path> starting(Path root, List<Path> files, String start) {
        return files.stream()
                .filter(file -> {
                    var below = root.relativize(file);
                    return IntStream.range(0, below.getNameCount())
                            .anyMatch(i -> below.getName(i).toString().startsWith(start));
                })
                .toList();
    }
}
