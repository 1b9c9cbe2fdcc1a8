package sckd.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import sckd.UserException;
import sckd.files.IoReason;

/**
 * Reads images in directories: {@code train/CLASS/…} and, for the test, {@code test/CLASS/…}, {@code val/CLASS/…} or {@code validation/CLASS/…}, the first of
 * them that is there with labels; or else {@code CLASS/…} alone, of which a share is drawn for the test. Classes are numbered in the order of their names.
 *
 * @param name of the set
 * @param folder the customary directory, which {@code path} may hold
 * @param normalization what is customary; empty: the training images' own mean and deviation
 */
record ImageFolderReader(String name, String folder, Optional<Normalization> normalization) implements DataSets.Reader {
    private static final List<String> TESTS = List.of("test", "val", "validation");

    /** As most pretrained models have it. */
    private static final Normalization IMAGENET_SCALING =
            new Normalization(List.of(.485f, .456f, .406f), List.of(.229f, .224f, .225f));

    static final ImageFolderReader ANY = new ImageFolderReader("image-folder", "images", Optional.empty());

    /** Deng et al. 2009, in the directories that pretrained models were made from. */
    static final ImageFolderReader IMAGENET =
            new ImageFolderReader("imagenet", "imagenet", Optional.of(IMAGENET_SCALING));

    /** 200 classes of ImageNet at 64×64 (Stanford's course CS231n). */
    static final ImageFolderReader TINY_IMAGENET =
            new ImageFolderReader("tiny-imagenet", "tiny-imagenet-200", Optional.of(IMAGENET_SCALING));

    @Override
    public DataSet read(Path path) {
        return read(path, ImageReading.DEFAULT);
    }

    @Override
    public DataSet read(Path path, ImageReading reading) {
        reading.refuse(path, "image files are no TFRecords: leave it out", ImageReading.Key.FEATURES);
        ImageFrame.check(path, reading);
        var root = findRoot(path);
        try {
            var train = root.resolve("train");
            return Files.isDirectory(train) ? readParts(root, train, reading) : readOne(root, reading);
        } catch (IOException e) {
            throw IoReason.unreadable(root, e);
        }
    }

    private Path findRoot(Path path) {
        if (!Files.isDirectory(path)) {
            throw new UserException("%s: no such directory; expected the directory of %s (see datasets/README.md)"
                    .formatted(path, name));
        }
        return Files.isDirectory(path.resolve(folder)) ? path.resolve(folder) : path;
    }

    private DataSet readParts(Path root, Path trainDirectory, ImageReading reading) throws IOException {
        DataParts.checkNotSplit(root, reading);
        var classes = ClassDirectories.find(trainDirectory);
        var train = classes.readImages(trainDirectory);
        var test = findTest(root, classes);
        var frame = ImageFrame.of(reading, train.images().get(0));
        return finish(root, reading, classes, train.toFiles(frame), test.toFiles(frame));
    }

    private ImageLabels findTest(Path root, ClassDirectories classes) throws IOException {
        for (var test : TESTS) {
            var directory = root.resolve(test);
            if (Files.isDirectory(directory)) {
                var annotated = AnnotatedImages.find(directory);
                if (annotated.isPresent()) {
                    return annotated.get().read(classes);
                }
                if (!ClassDirectories.names(directory).isEmpty() && !isUnlabelled(directory)) {
                    return classes.readImages(directory);
                }
            }
        }
        throw new UserException(
                "%s: train is there, but no test, val or validation with class directories; expected one of them, or the class directories without train: then a share is drawn for the test"
                        .formatted(root));
    }

    /** As Tiny-ImageNet's test images, which nobody has the labels of. */
    private static boolean isUnlabelled(Path directory) throws IOException {
        return ClassDirectories.names(directory).equals(List.of("images"));
    }

    private DataSet readOne(Path root, ImageReading reading) throws IOException {
        var classes = ClassDirectories.find(root);
        var all = classes.readImages(root);
        var frame = ImageFrame.of(reading, all.images().get(0));
        var parts = DataParts.split(root, all.toFiles(frame), reading);
        return finish(root, reading, classes, (ImageFiles) parts.train(), (ImageFiles) parts.heldOut());
    }

    private DataSet finish(Path root, ImageReading reading, ClassDirectories classes, ImageFiles train, ImageFiles test)
            throws IOException {
        return DataParts.finish(name, ClassWords.read(root, classes.names()), train, test, reading, normalization);
    }

    static boolean isImage(Path file) {
        var name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return !name.startsWith(".")
                && Stream.of(".jpg", ".jpeg", ".png", ".bmp", ".gif").anyMatch(name::endsWith);
    }
}
