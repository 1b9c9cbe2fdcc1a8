package sckd.data;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.tensorflow.proto.Example;
import sckd.UserException;

/**
 * A TFRecord file: each record is its length in 8 bytes, the masked CRC-32C of these, the data, and the masked CRC-32C of the data, all little-endian. Records
 * count from 0 in messages.
 */
record RecordFile(Path path) {
    private static final int HEADER_BYTES = 12;
    private static final int FOOTER_BYTES = 4;
    private static final long LONGEST = 1 << 28;
    private static final int BUFFER_BYTES = 1 << 20;

    /** What takes a record. */
    interface Visitor {
        /**
         * @param offset of the record's data in the file
         */
        void visit(Example example, int record, long offset, int length);
    }

    void read(Visitor visitor) throws IOException {
        long size = Files.size(path);
        long offset = 0;
        try (var content = new BufferedInputStream(Files.newInputStream(path), BUFFER_BYTES)) {
            for (int record = 0; offset < size; record++) {
                var header = readBytes(content, HEADER_BYTES, record, offset);
                long length = header.getLong();
                check(header.array(), 8, header.getInt(8), record, offset, "length");
                if (length < 0 || length > LONGEST) {
                    throw damaged(record, offset, "is %s bytes long; expected at most %s".formatted(length, LONGEST));
                }
                long start = offset + HEADER_BYTES;
                var data = readBytes(content, (int) length + FOOTER_BYTES, record, start);
                check(data.array(), (int) length, data.getInt((int) length), record, start, "data");
                visitor.visit(parse(data.array(), (int) length, record, offset), record, start, (int) length);
                offset = start + length + FOOTER_BYTES;
            }
        }
    }

    /** A record that was visited before. */
    Example readAgain(int record, long offset, int length) throws IOException {
        var data = ByteBuffer.allocate(length);
        try (var channel = FileChannel.open(path)) {
            while (data.hasRemaining() && channel.read(data, offset + data.position()) >= 0) {
                // until it is full or the file ends
            }
        }
        return parse(data.array(), length, record, offset);
    }

    private ByteBuffer readBytes(InputStream content, int count, int record, long offset) throws IOException {
        var bytes = content.readNBytes(count);
        if (bytes.length < count) {
            throw damaged(record, offset, "ends too early");
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void check(byte[] bytes, int length, int expected, int record, long offset, String what) {
        var crc = new CRC32C();
        crc.update(bytes, 0, length);
        if (mask((int) crc.getValue()) != expected) {
            throw damaged(record, offset, "has a wrong checksum of its " + what);
        }
    }

    /** What TFRecords store in place of a CRC, so that a CRC of data that hold CRCs is none of these. */
    static int mask(int crc) {
        return Integer.rotateRight(crc, 15) + 0xa282ead8;
    }

    private Example parse(byte[] data, int length, int record, long offset) {
        try {
            return Example.parser().parseFrom(data, 0, length);
        } catch (InvalidProtocolBufferException e) {
            throw damaged(record, offset, "is no tf.Example");
        }
    }

    private UserException damaged(int record, long offset, String fault) {
        return new UserException(
                "%s: record %s (byte %s) %s; expected a whole TFRecord file of tf.Example: get it again"
                        .formatted(path, record, offset, fault));
    }
}
