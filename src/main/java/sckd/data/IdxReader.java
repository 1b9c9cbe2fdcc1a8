package sckd.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import sckd.UserException;

/**
 * Reads MNIST (LeCun, Bottou, Bengio and Haffner 1998) and the sets that took over its files: four IDX files in a directory, plain or
 * gzipped. One channel.
 *
 * @param classes their number is what the labels must stay below
 */
record IdxReader(String name, List<String> classes, Normalization normalization) implements DataSets.Reader {
    static final IdxReader MNIST = new IdxReader(
            "mnist",
            List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
            new Normalization(List.of(.1307f), List.of(.3081f)));

    /** Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747. */
    static final IdxReader FASHION = new IdxReader(
            "fashion-mnist",
            List.of(
                    "t-shirt/top",
                    "trouser",
                    "pullover",
                    "dress",
                    "coat",
                    "sandal",
                    "shirt",
                    "sneaker",
                    "bag",
                    "ankle boot"),
            new Normalization(List.of(.2860f), List.of(.3530f)));

    @Override
    public DataSet read(Path path) {
        if (!Files.isDirectory(path)) {
            throw new UserException(
                    "%s: no such directory; expected the directory with the four files of %s (see datasets/README.md)"
                            .formatted(path, name));
        }
        var train = readSplit(path, "train");
        var test = readSplit(path, "t10k");
        if (train.height() != test.height() || train.width() != test.width()) {
            throw new UserException("%s: training images of %sx%s, test images of %sx%s; expected one size"
                    .formatted(path, train.height(), train.width(), test.height(), test.width()));
        }
        return new DataSet(name, classes, train, test, normalization);
    }

    private ImageSet readSplit(Path directory, String split) {
        var images = IdxFile.read(find(directory, split + "-images", "idx3-ubyte"), 3);
        var labels = IdxFile.read(find(directory, split + "-labels", "idx1-ubyte"), 1);
        if (labels.count() != images.count()) {
            throw new UserException(
                    "%s: %s labels for the %s images of %s; expected one each: download both files again"
                            .formatted(labels.path(), labels.count(), images.count(), images.path()));
        }
        return new ImageSet(images.items(), labels.toLabels(classes.size()), images.sizes()[1], images.sizes()[2], 1);
    }

    private Path find(Path directory, String stem, String ending) {
        return Stream.of("-", ".")
                .flatMap(separator -> Stream.of("", ".gz").map(compression -> stem + separator + ending + compression))
                .map(directory::resolve)
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new UserException(
                        "%s: %s-%s is missing, also as %s.%s or with .gz; expected the four files of %s (see datasets/README.md)"
                                .formatted(directory, stem, ending, stem, ending, name)));
    }
}
