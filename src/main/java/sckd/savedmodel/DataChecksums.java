package sckd.savedmodel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collection;
import java.util.zip.CRC32C;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.DataType;
import sckd.UserException;
import sckd.files.IoReason;

/** Reads tensors of a checkpoint once for their checksums: a flipped bit is told before a training begins, with the key that it is in. */
final class DataChecksums {
    private static final int CHUNK = 1 << 20;

    private DataChecksums() {}

    /** @throws UserException if the bytes under one of the keys are not those that were written */
    static void check(Checkpoint checkpoint, Collection<String> keys) {
        for (var key : keys) {
            var entry = checkpoint.entries().get(key);
            if (entry != null && isPlain(entry)) {
                check(checkpoint.shard(entry.getShardId()), key, entry);
            }
        }
    }

    /** A string's checksum is over more than its bytes. */
    private static boolean isPlain(BundleEntryProto entry) {
        return entry.getDtype() != DataType.DT_STRING
                && TensorSizes.bytesOf(entry.getDtype()).isPresent()
                && entry.getSlicesCount() == 0;
    }

    private static void check(Path file, String key, BundleEntryProto entry) {
        int checksum;
        try (var channel = FileChannel.open(file)) {
            checksum = checksum(channel, entry.getOffset(), entry.getSize());
        } catch (IOException e) {
            throw IoReason.unreadable(file, e);
        }
        if (checksum != entry.getCrc32C()) {
            throw new UserException("%s is damaged: '%s' fails its checksum; bring the file again from where it came"
                    .formatted(file, key));
        }
    }

    private static int checksum(FileChannel channel, long offset, long size) throws IOException {
        var crc = new CRC32C();
        var buffer = ByteBuffer.allocate((int) Math.min(size, CHUNK));
        for (long read = 0; read < size; ) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), size - read));
            int count = channel.read(buffer, offset + read);
            if (count < 0) {
                break; // shorter than it was a moment ago
            }
            crc.update(buffer.flip());
            read += count;
        }
        return SortedTable.mask((int) crc.getValue());
    }
}
