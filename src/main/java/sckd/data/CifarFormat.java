package sckd.data;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The binary form of the CIFAR sets (Krizhevsky 2009, "Learning multiple layers of features from tiny images"): a record is the label bytes,
 * of which the last is the class, then 3×1024 bytes red, green, blue, each 32 rows of 32.
 *
 * @param archive as it is downloaded
 * @param folder what it unpacks to
 * @param trainFiles in the order in which their images are numbered
 * @param trainRecords in each of them
 * @param labelBytes 1, or 2 where a coarse label goes before
 * @param classFile names of the classes, a line each; may be missing
 * @param classes their names without that file
 */
record CifarFormat(
        String name,
        String archive,
        String folder,
        List<String> trainFiles,
        int trainRecords,
        String testFile,
        int testRecords,
        int labelBytes,
        String classFile,
        List<String> classes,
        Normalization normalization) {
    static final int SIZE = 32;
    static final int CHANNELS = 3;
    private static final int PIXELS = SIZE * SIZE;

    /** Mean and standard deviation are those of all pixels of its 50,000 training images. */
    static final CifarFormat TEN = new CifarFormat(
            "cifar10",
            "cifar-10-binary.tar.gz",
            "cifar-10-batches-bin",
            IntStream.rangeClosed(1, 5).mapToObj("data_batch_%d.bin"::formatted).toList(),
            10_000,
            "test_batch.bin",
            10_000,
            1,
            "batches.meta.txt",
            CifarClasses.TEN,
            new Normalization(List.of(.4914f, .4822f, .4465f), List.of(.2470f, .2435f, .2616f)));

    /** Mean and standard deviation as the CRD benchmark has them. */
    static final CifarFormat HUNDRED = new CifarFormat(
            "cifar100",
            "cifar-100-binary.tar.gz",
            "cifar-100-binary",
            List.of("train.bin"),
            50_000,
            "test.bin",
            10_000,
            2,
            "fine_label_names.txt",
            CifarClasses.HUNDRED,
            new Normalization(List.of(.5071f, .4867f, .4408f), List.of(.2675f, .2565f, .2761f)));

    int recordBytes() {
        return labelBytes + PIXELS * CHANNELS;
    }

    /** Turns the record's planes into the image's interleaved channels. */
    void copyPixels(byte[] record, byte[] target, int offset) {
        for (int channel = 0; channel < CHANNELS; channel++) {
            int from = labelBytes + channel * PIXELS;
            for (int pixel = 0; pixel < PIXELS; pixel++) {
                target[offset + pixel * CHANNELS + channel] = record[from + pixel];
            }
        }
    }
}
