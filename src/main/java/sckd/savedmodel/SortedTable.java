package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import com.google.protobuf.ByteString;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The table of sorted keys (LevelDB's format) that TensorFlow writes as the index of a checkpoint: data blocks of prefix-compressed entries, an
 * index block that lists them, and a footer that names the index block. Each block is followed by its kind of compression and a checksum.
 */
final class SortedTable {
    private static final int FOOTER_BYTES = 48;
    private static final long MAGIC = 0xdb4775248b80fb57L;
    private static final int BLOCK_TRAILER_BYTES = 5;
    private static final int CRC_MASK = 0xa282ead8;

    private final ByteBuffer bytes;

    private SortedTable(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** What is wrong with the bytes; whoever knows the file's name says it to the user. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedException(String message) {
            super(message);
        }
    }

    /** All entries, by key, in the order of the table. */
    static Map<ByteString, ByteString> parse(byte[] bytes) throws MalformedException {
        try {
            return new SortedTable(bytes).entries();
        } catch (BufferUnderflowException
                | IndexOutOfBoundsException
                | IllegalArgumentException
                | ArithmeticException e) {
            throw new MalformedException("an entry runs past the end of its block");
        }
    }

    private Map<ByteString, ByteString> entries() throws MalformedException {
        int footer = bytes.capacity() - FOOTER_BYTES;
        if (footer < 0 || bytes.getLong(bytes.capacity() - Long.BYTES) != MAGIC) {
            throw new MalformedException("its last bytes are not those of a table; it may be cut short");
        }
        var handles = bytes.slice(footer, FOOTER_BYTES - Long.BYTES);
        readVarint(handles); // offset and
        readVarint(handles); // size of a block that TensorFlow leaves empty
        var entries = ImmutableMap.<ByteString, ByteString>builder();
        for (var handle : parseBlock(readBlock(handles)).values()) {
            entries.putAll(parseBlock(readBlock(handle.asReadOnlyByteBuffer())));
        }
        return entries.buildKeepingLast();
    }

    private ByteBuffer readBlock(ByteBuffer handle) throws MalformedException {
        long offset = readVarint(handle);
        long size = readVarint(handle);
        long end = bytes.capacity() - FOOTER_BYTES - BLOCK_TRAILER_BYTES;
        if (offset < 0 || size < 0 || offset > end || size > end - offset) {
            throw new MalformedException("a block at %d of %d bytes lies outside the file".formatted(offset, size));
        }
        int checked = (int) size + 1;
        var crc = new CRC32C();
        crc.update(bytes.slice((int) offset, checked));
        if (mask((int) crc.getValue()) != bytes.getInt((int) offset + checked)) {
            throw new MalformedException("the block at %d fails its checksum".formatted(offset));
        }
        if (bytes.get((int) (offset + size)) != 0) {
            throw new MalformedException("the block at %d is compressed; expected a plain one".formatted(offset));
        }
        return bytes.slice((int) offset, (int) size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Checksums of what holds checksums are rotated and shifted, so that they do not cancel out. */
    static int mask(int crc) {
        return Integer.rotateRight(crc, 15) + CRC_MASK;
    }

    private static Map<ByteString, ByteString> parseBlock(ByteBuffer block) throws MalformedException {
        int restarts = block.getInt(block.capacity() - Integer.BYTES);
        long end = block.capacity() - Integer.BYTES * (restarts + 1L);
        if (restarts < 0 || end < 0) {
            throw new MalformedException("a block has %d restarts, more than it can hold".formatted(restarts));
        }
        block.limit((int) end);
        var entries = ImmutableMap.<ByteString, ByteString>builder();
        var key = ByteString.EMPTY;
        while (block.hasRemaining()) {
            int shared = Math.toIntExact(readVarint(block));
            int unshared = Math.toIntExact(readVarint(block));
            int valueSize = Math.toIntExact(readVarint(block));
            if (shared > key.size()) {
                throw new MalformedException("an entry shares %d bytes with a key of %d".formatted(shared, key.size()));
            }
            key = key.substring(0, shared).concat(readBytes(block, unshared));
            entries.put(key, readBytes(block, valueSize));
        }
        return entries.buildKeepingLast();
    }

    private static ByteString readBytes(ByteBuffer buffer, int size) {
        return ByteString.copyFrom(buffer, size);
    }

    /** Seven bits a byte, the lowest first; the top bit says that there are more. */
    static long readVarint(ByteBuffer buffer) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = buffer.get();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number of more than 64 bits");
    }
}
