package sckd.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** A small data set for tests: grey noise of 8×8 pixels in ten classes, as the four files of MNIST. */
public final class MnistFiles {
    private static final int SIZE = 8;

    private MnistFiles() {}

    /** Writes the files into a new directory. */
    public static Path write(Path directory, int trainImages, int testImages) throws IOException {
        Files.createDirectory(directory);
        write(directory, "train", trainImages);
        write(directory, "t10k", testImages);
        return directory;
    }

    private static void write(Path directory, String split, int count) throws IOException {
        var random = new Random(split.length());
        var pixels = ByteBuffer.allocate(16 + count * SIZE * SIZE)
                .putInt(0x803)
                .putInt(count)
                .putInt(SIZE)
                .putInt(SIZE);
        var labels = ByteBuffer.allocate(8 + count).putInt(0x801).putInt(count);
        for (int n = 0; n < count; n++) {
            var image = new byte[SIZE * SIZE];
            random.nextBytes(image);
            pixels.put(image);
            labels.put((byte) (n % 10));
        }
        Files.write(directory.resolve(split + "-images-idx3-ubyte"), pixels.array());
        Files.write(directory.resolve(split + "-labels-idx1-ubyte"), labels.array());
    }
}
