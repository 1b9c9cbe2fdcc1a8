package sckd.data;

import com.google.common.io.CountingInputStream;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import sckd.UserException;
import sckd.files.IoReason;

/**
 * An IDX file of bytes: the number {@code 0x0800 + dimensions}, the size of each dimension, then the items, all numbers big-endian with
 * four bytes. Items count from 0 in messages; byte offsets are those of the uncompressed file.
 *
 * @param sizes of the dimensions, the first the number of items
 */
record IdxFile(Path path, int[] sizes, byte[] items) {
    private static final int UNSIGNED_BYTES = 0x0800;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final String AGAIN = "download it again (see datasets/README.md)";

    /**
     * @param dimensions that it must have
     */
    static IdxFile read(Path path, int dimensions) {
        try (var content = new CountingInputStream(open(path))) {
            var sizes = readSizes(path, content, dimensions);
            return new IdxFile(path, sizes, readItems(path, content, sizes));
        } catch (IOException e) {
            throw new UserException("%s: cannot be read: %s: %s".formatted(path, IoReason.of(e, path), AGAIN), e);
        }
    }

    int count() {
        return sizes[0];
    }

    /** The items as class ids, where an item is one byte. */
    int[] toLabels(int classes) {
        var labels = new int[items.length];
        for (int i = 0; i < items.length; i++) {
            labels[i] = items[i] & 0xFF;
            if (labels[i] >= classes) {
                throw new UserException("%s: item %s (byte %s): label %s; expected 0 to %s: %s"
                        .formatted(path, i, headerBytes(1) + i, labels[i], classes - 1, AGAIN));
            }
        }
        return labels;
    }

    private static InputStream open(Path path) throws IOException {
        var file = new BufferedInputStream(Files.newInputStream(path), BUFFER_BYTES);
        if (!path.toString().endsWith(".gz")) {
            return file;
        }
        try {
            return new GZIPInputStream(file, BUFFER_BYTES);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private static int[] readSizes(Path path, InputStream content, int dimensions) throws IOException {
        var header = new DataInputStream(content);
        try {
            int magic = header.readInt();
            if (magic != UNSIGNED_BYTES + dimensions) {
                throw new UserException(
                        "%s: starts with 0x%08x; expected 0x%08x, an IDX file of bytes with %s dimension%s: %s"
                                .formatted(
                                        path,
                                        magic,
                                        UNSIGNED_BYTES + dimensions,
                                        dimensions,
                                        dimensions == 1 ? "" : "s",
                                        AGAIN));
            }
            var sizes = new int[dimensions];
            for (int i = 0; i < dimensions; i++) {
                sizes[i] = header.readInt();
            }
            checkSizes(path, sizes);
            return sizes;
        } catch (EOFException e) {
            throw new UserException(
                    "%s: ends within its header of %s bytes: %s".formatted(path, headerBytes(dimensions), AGAIN), e);
        }
    }

    private static void checkSizes(Path path, int[] sizes) {
        double bytes = 1; // no product of three sizes overflows it
        for (int i = 0; i < sizes.length; i++) {
            bytes *= sizes[i];
            if (sizes[i] <= 0 || bytes > Integer.MAX_VALUE) {
                throw new UserException(
                        "%s: dimension %s has size %s; expected more than 0, and less than 2 GiB in all: %s"
                                .formatted(path, i, sizes[i], AGAIN));
            }
        }
    }

    private static byte[] readItems(Path path, CountingInputStream content, int[] sizes) {
        int itemBytes = 1;
        for (int i = 1; i < sizes.length; i++) {
            itemBytes *= sizes[i];
        }
        int expected = sizes[0] * itemBytes;
        try {
            byte[] items = content.readNBytes(expected); // grows as it reads: a wrong header takes no memory
            var end = place(content, sizes, itemBytes);
            if (items.length < expected || content.read() >= 0) {
                throw new UserException("%s: %s %s; expected %s items of %s: %s"
                        .formatted(
                                path,
                                items.length < expected ? "ends within" : "goes on at",
                                end,
                                sizes[0],
                                itemBytes == 1 ? "1 byte" : itemBytes + " bytes",
                                AGAIN));
            }
            return items;
        } catch (IOException e) {
            throw new UserException(
                    "%s: cannot be read at %s: %s; the file is damaged: %s"
                            .formatted(path, place(content, sizes, itemBytes), IoReason.of(e, path), AGAIN),
                    e);
        }
    }

    private static String place(CountingInputStream content, int[] sizes, int itemBytes) {
        int header = headerBytes(sizes.length);
        return "item %s (byte %s)".formatted((content.getCount() - header) / itemBytes, content.getCount());
    }

    private static int headerBytes(int dimensions) {
        return 4 + 4 * dimensions;
    }
}
