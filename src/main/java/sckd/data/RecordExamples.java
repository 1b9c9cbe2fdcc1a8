package sckd.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;
import sckd.UserException;

/** The examples of some TFRecord files: where they lie and what their labels are; raw pixels are kept, encoded images are read again. */
final class RecordExamples {
    private static final long MOST_CLASSES = 100_000;

    private final RecordFeatures features;
    private final List<EncodedImage> images = new ArrayList<>();
    private final List<byte[]> raw = new ArrayList<>();
    private final List<Integer> labels = new ArrayList<>();
    private final Map<Integer, String> texts = new HashMap<>();

    RecordExamples(RecordFeatures features) {
        this.features = features;
    }

    void read(RecordFile file) throws IOException {
        file.read((example, record, offset, length) -> {
            var where = file.path() + ": record " + record;
            int label = label(example, where);
            labels.add(label);
            var text = example.getFeatures().getFeatureMap().get(features.text());
            if (text != null && text.getBytesList().getValueCount() == 1) {
                texts.putIfAbsent(label, text.getBytesList().getValue(0).toStringUtf8());
            }
            var bytes = bytes(example, where);
            if (features.raw().isPresent()) {
                raw.add(checkRaw(bytes, features.raw().get(), where));
            } else {
                images.add(new OfRecord(file, record, offset, length, this));
            }
        });
    }

    /** Its own size where none is asked for. */
    LabelledImages images(ImageReading reading) {
        return images(reading, this);
    }

    /**
     * @param first the examples whose first image's size all have, where none is asked for
     */
    LabelledImages images(ImageReading reading, RecordExamples first) {
        if (labels.isEmpty()) {
            throw new UserException("the TFRecord files hold no example; expected at least 1");
        }
        if (features.raw().isEmpty()) {
            return new ImageLabels(images, labels).toFiles(ImageFrame.of(reading, first.images.get(0)));
        }
        var shape = features.raw().get();
        var set = ImageSet.allocate(labels.size(), shape.height(), shape.width(), shape.channels());
        for (int i = 0; i < labels.size(); i++) {
            System.arraycopy(raw.get(i), 0, set.pixels(), i * set.imageBytes(), set.imageBytes());
            set.labels()[i] = labels.get(i);
        }
        return set;
    }

    /** Names of the classes of these and of others; one without is its number. */
    List<String> classes(RecordExamples others) {
        int most = Math.max(most(), others.most());
        return IntStream.rangeClosed(0, most)
                .mapToObj(id -> texts.getOrDefault(id, Integer.toString(id + features.firstLabel())))
                .toList();
    }

    private int most() {
        return labels.stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    private int label(Example example, String where) {
        var values = find(example, features.label(), where).getInt64List();
        if (values.getValueCount() != 1) {
            throw new UserException("%s: feature '%s' holds %s whole numbers; expected 1, the class"
                    .formatted(where, features.label(), values.getValueCount()));
        }
        long label = values.getValue(0) - features.firstLabel();
        if (label < 0 || label >= MOST_CLASSES) {
            throw new UserException("%s: label %s; expected %s to %s: data.images.features.first-label is %s"
                    .formatted(
                            where,
                            values.getValue(0),
                            features.firstLabel(),
                            features.firstLabel() + MOST_CLASSES - 1,
                            features.firstLabel()));
        }
        return (int) label;
    }

    private byte[] bytes(Example example, String where) {
        var values = find(example, features.image(), where).getBytesList();
        if (values.getValueCount() != 1) {
            throw new UserException("%s: feature '%s' holds %s byte strings; expected 1, the image"
                    .formatted(where, features.image(), values.getValueCount()));
        }
        return values.getValue(0).toByteArray();
    }

    private static Feature find(Example example, String name, String where) {
        var feature = example.getFeatures().getFeatureMap().get(name);
        if (feature == null) {
            throw new UserException("%s: has no feature '%s'; it has %s: set data.images.features"
                    .formatted(
                            where,
                            name,
                            String.join(
                                    ", ",
                                    example.getFeatures().getFeatureMap().keySet().stream()
                                            .sorted()
                                            .toList())));
        }
        return feature;
    }

    private static byte[] checkRaw(byte[] bytes, RecordFeatures.RawShape shape, String where) {
        int expected = shape.height() * shape.width() * shape.channels();
        if (bytes.length != expected) {
            throw new UserException("%s: the image has %s bytes; data.images.features.raw, %s, makes %s"
                    .formatted(where, bytes.length, shape, expected));
        }
        return bytes;
    }

    /** An encoded image in a record. */
    private record OfRecord(RecordFile file, int record, long offset, int length, RecordExamples examples)
            implements EncodedImage {
        @Override
        public String where() {
            return file.path() + ": record " + record;
        }

        @Override
        public byte[] read() throws IOException {
            return examples.bytes(file.readAgain(record, offset, length), where());
        }
    }
}
