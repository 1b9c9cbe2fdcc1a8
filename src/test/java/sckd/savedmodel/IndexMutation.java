package sckd.savedmodel;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.BundleHeaderProto;

/** Alters the index of a checkpoint: as bytes, or entry by entry with checksums that are right again. */
final class IndexMutation {
    private static final long MAGIC = 0xdb4775248b80fb57L;

    private IndexMutation() {}

    static byte[] mutate(byte[] index, Random random) {
        if (random.nextInt(4) == 0) {
            return ByteMutation.mutate(index, random);
        }
        try {
            return write(alter(SortedTable.parse(index), random));
        } catch (SortedTable.MalformedException | InvalidProtocolBufferException e) {
            return ByteMutation.mutate(index, random); // altered before
        }
    }

    private static Map<String, ByteString> alter(Map<ByteString, ByteString> table, Random random)
            throws InvalidProtocolBufferException {
        var entries = new TreeMap<String, ByteString>();
        table.forEach((key, value) -> entries.put(key.toString(java.nio.charset.StandardCharsets.ISO_8859_1), value));
        var key = pick(List.copyOf(entries.keySet()), random);
        var value = entries.get(key);
        switch (random.nextInt(6)) {
            case 0 -> entries.remove(key);
            case 1 -> entries.put(pick(List.of("", "x", key + "x"), random), value);
            case 2 -> entries.put(key, pick(List.copyOf(entries.values()), random));
            default ->
                entries.put(
                        key,
                        ByteString.copyFrom(MessageMutation.mutate(
                                key.isEmpty() ? BundleHeaderProto.parseFrom(value) : BundleEntryProto.parseFrom(value),
                                random)));
        }
        return entries;
    }

    /** A table of one block; the format is told at {@link SortedTable}. */
    static byte[] write(Map<String, ByteString> entries) {
        var file = new ByteArrayOutputStream();
        var data = new ByteArrayOutputStream();
        entries.forEach((key, value) -> writeEntry(data, key, value));
        var dataHandle = writeBlock(file, data);
        var noHandle = writeBlock(file, new ByteArrayOutputStream());
        var index = new ByteArrayOutputStream();
        writeEntry(index, "\u00ff", dataHandle);
        var indexHandle = writeBlock(file, index);
        var footer = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
        footer.put(noHandle.toByteArray()).put(indexHandle.toByteArray()).putLong(40, MAGIC);
        file.writeBytes(footer.array());
        return file.toByteArray();
    }

    private static void writeEntry(ByteArrayOutputStream block, String key, ByteString value) {
        var bytes = key.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        writeVarint(block, 0); // shares nothing with the key before
        writeVarint(block, bytes.length);
        writeVarint(block, value.size());
        block.writeBytes(bytes);
        block.writeBytes(value.toByteArray());
    }

    private static ByteString writeBlock(ByteArrayOutputStream file, ByteArrayOutputStream entries) {
        var block = ByteBuffer.allocate(entries.size() + 2 * Integer.BYTES + 1 + Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        block.put(entries.toByteArray()).putInt(0).putInt(1).put((byte) 0); // one restart, at 0; not compressed
        var crc = new CRC32C();
        crc.update(block.array(), 0, block.position());
        block.putInt(SortedTable.mask((int) crc.getValue()));
        var handle = new ByteArrayOutputStream();
        writeVarint(handle, file.size());
        writeVarint(handle, block.capacity() - Integer.BYTES - 1);
        file.writeBytes(block.array());
        return ByteString.copyFrom(handle.toByteArray());
    }

    private static void writeVarint(ByteArrayOutputStream out, long value) {
        long rest = value;
        while (rest > 0x7f) {
            out.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    private static <T> T pick(List<T> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }
}
