package sckd.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.zip.ZipFile;
import sckd.UserException;
import sckd.files.IoReason;

/**
 * Reads NumPy's {@code .npz} of images and labels, uint8 {@code [images, height, width]} or {@code [images, height, width, channels]} and whole numbers {@code
 * [images]} or {@code [images, 1]}: {@code x_train}, {@code y_train}, {@code x_test}, {@code y_test} as Keras names them, {@code train_images} and so on, or
 * {@code images} and {@code labels} alone, of which a share is drawn for the test.
 */
record NpzReader() implements DataSets.Reader {
    private static final long MOST_CLASSES = 100_000;
    private static final List<List<String>> NAMES = List.of(
            List.of("x_train", "y_train", "x_test", "y_test"),
            List.of("train_images", "train_labels", "test_images", "test_labels"),
            List.of("images", "labels"));

    @Override
    public DataSet read(Path path) {
        return read(path, ImageReading.DEFAULT);
    }

    @Override
    public DataSet read(Path path, ImageReading reading) {
        reading.refuse(
                path,
                "arrays are shown as they are: leave it out",
                ImageReading.Key.FIT,
                ImageReading.Key.CROP_SHARE,
                ImageReading.Key.CHANNELS,
                ImageReading.Key.STREAM,
                ImageReading.Key.FEATURES);
        if (!Files.isRegularFile(path)) {
            throw new UserException("%s: no such file; expected an .npz of images and labels".formatted(path));
        }
        try (var zip = new ZipFile(path.toFile())) {
            return read(path, zip, reading);
        } catch (IOException e) {
            throw IoReason.unreadable(path, e);
        }
    }

    private static DataSet read(Path path, ZipFile zip, ImageReading reading) throws IOException {
        var there = new TreeSet<String>();
        zip.stream().forEach(entry -> there.add(entry.getName().replaceFirst("\\.npy$", "")));
        var names = choose(path, there);
        LabelledImages train = readPart(path, zip, names.get(0), names.get(1), reading);
        LabelledImages test;
        if (names.size() == 2) {
            var parts = DataParts.split(path, train, reading);
            train = parts.train();
            test = parts.heldOut();
        } else {
            DataParts.checkNotSplit(path, reading);
            test = readPart(path, zip, names.get(2), names.get(3), reading);
            if (test.height() != train.height()
                    || test.width() != train.width()
                    || test.channels() != train.channels()) {
                throw new UserException("%s: %s holds images of %s, %s of %s; expected one size"
                        .formatted(path, names.get(0), size(train), names.get(2), size(test)));
            }
        }
        int classes = IntStream.concat(IntStream.of(train.labels()), IntStream.of(test.labels()))
                        .max()
                        .orElseThrow()
                + 1;
        return new DataSet(
                "npz",
                IntStream.range(0, classes).mapToObj(Integer::toString).toList(),
                train,
                test,
                train.statistics().toNormalization());
    }

    private static List<String> choose(Path path, Set<String> there) {
        return NAMES.stream()
                .filter(there::containsAll)
                .findFirst()
                .orElseThrow(() -> new UserException(
                        "%s: holds %s; expected x_train, y_train, x_test, y_test, or train_images, train_labels, test_images, test_labels, or images, labels"
                                .formatted(path, there.isEmpty() ? "nothing" : String.join(", ", there))));
    }

    private static ImageSet readPart(Path path, ZipFile zip, String imagesName, String labelsName, ImageReading reading)
            throws IOException {
        var images = readArray(path, zip, imagesName);
        var shape = images.shape();
        if (!images.type().endsWith("u1") || shape.size() < 3 || shape.size() > 4 || shape.contains(0)) {
            throw new UserException("%s: is %s of type %s; expected uint8 [images, height, width, channels]"
                    .formatted(images.where(), shape, images.type()));
        }
        if (shape.size() == 4 && shape.get(3) > 4) {
            throw new UserException(
                    "%s: is %s, which is %s channels; expected them last, at most 4: save it with numpy.moveaxis(images, 1, -1)"
                            .formatted(images.where(), shape, shape.get(3)));
        }
        var labels = readArray(path, zip, labelsName);
        var set = new ImageSet(
                images.items(),
                toLabels(labels, shape.get(0)),
                shape.get(1),
                shape.get(2),
                shape.size() == 4 ? shape.get(3) : 1);
        reading.size().ifPresent(size -> {
            if (size.height() != set.height() || size.width() != set.width()) {
                throw new UserException(
                        "%s: images of %s; data.images.size is %s, but arrays are not resized: leave it out"
                                .formatted(images.where(), size(set), size));
            }
        });
        return set;
    }

    private static int[] toLabels(NpyArray labels, int images) {
        var shape = labels.shape();
        if (!shape.equals(List.of(images)) && !shape.equals(List.of(images, 1))) {
            throw new UserException("%s: is %s for %s images; expected one class number each, [%s]"
                    .formatted(labels.where(), shape, images, images));
        }
        var values = labels.toLongs();
        var ids = new int[values.length];
        for (int i = 0; i < ids.length; i++) {
            if (values[i] < 0 || values[i] >= MOST_CLASSES) {
                throw new UserException("%s: label %s of image %s; expected 0 to %s"
                        .formatted(labels.where(), values[i], i, MOST_CLASSES - 1));
            }
            ids[i] = (int) values[i];
        }
        return ids;
    }

    private static NpyArray readArray(Path path, ZipFile zip, String name) throws IOException {
        var entry = zip.getEntry(name + ".npy") == null ? zip.getEntry(name) : zip.getEntry(name + ".npy");
        try (var content = new BufferedInputStream(zip.getInputStream(entry))) {
            return NpyArray.read(content, path + ": " + name);
        }
    }

    private static String size(LabelledImages images) {
        return images.height() + "x" + images.width() + "x" + images.channels();
    }
}
