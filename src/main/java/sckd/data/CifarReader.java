package sckd.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sckd.UserException;

/**
 * Reads CIFAR-10 or CIFAR-100 from a directory or an archive. Records count from 0 in messages. Memory: the images once.
 */
record CifarReader(CifarFormat format) implements DataSets.Reader {
    @Override
    public DataSet read(Path path) {
        var reading = new Reading(format);
        var files = DataFiles.find(path, format.folder(), format.archive(), reading.wanted());
        var found = files.read(reading.wanted(), reading);
        for (var name : reading.wanted()) {
            if (!found.contains(name) && !name.equals(format.classFile())) {
                throw new UserException(
                        "%s: %s is missing; expected the binary form of %s: %s, %s (see datasets/README.md)"
                                .formatted(
                                        files.path(),
                                        name,
                                        format.name(),
                                        String.join(", ", format.trainFiles()),
                                        format.testFile()));
            }
        }
        return new DataSet(
                format.name(),
                reading.classes.orElse(format.classes()),
                reading.train,
                reading.test,
                format.normalization());
    }

    /** What the files fill. */
    private static final class Reading implements DataFiles.Visitor {
        private final CifarFormat format;
        private final ImageSet train;
        private final ImageSet test;
        private Optional<List<String>> classes = Optional.empty();

        Reading(CifarFormat format) {
            this.format = format;
            this.train = allocate(format.trainRecords() * format.trainFiles().size());
            this.test = allocate(format.testRecords());
        }

        private static ImageSet allocate(int images) {
            return ImageSet.allocate(images, CifarFormat.SIZE, CifarFormat.SIZE, CifarFormat.CHANNELS);
        }

        List<String> wanted() {
            var names = new ArrayList<>(format.trainFiles());
            names.add(format.testFile());
            names.add(format.classFile());
            return names;
        }

        @Override
        public void visit(String name, String where, InputStream content) throws IOException {
            int part = format.trainFiles().indexOf(name);
            if (part >= 0) {
                var file = new CifarFile(format, where, format.trainRecords());
                file.read(content, train, part * format.trainRecords());
            } else if (name.equals(format.testFile())) {
                new CifarFile(format, where, format.testRecords()).read(content, test, 0);
            } else {
                classes = Optional.of(readClasses(where, content));
            }
        }

        private List<String> readClasses(String where, InputStream content) throws IOException {
            var names = new String(content.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
            if (names.size() != format.classes().size()) {
                throw new UserException("%s: %s class names; expected %s, a line each"
                        .formatted(where, names.size(), format.classes().size()));
            }
            return names;
        }
    }
}
