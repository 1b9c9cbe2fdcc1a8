package sckd.archive;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;

/** A zip entry's bytes; at their end, fails unless number and CRC-32 are those that the zip's directory states. */
final class ZipContent extends CheckedInputStream {
    private final long size;
    private final long crc;
    private long count;

    ZipContent(InputStream content, long size, long crc) {
        super(content, new CRC32());
        this.size = size;
        this.crc = crc;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = super.read(buffer, offset, length);
        if (read >= 0) {
            count += read;
        } else if (count != size) {
            throw new IOException("%d bytes instead of %d".formatted(count, size));
        } else if (getChecksum().getValue() != crc) {
            throw new IOException(
                    "CRC-32 %08x instead of %08x".formatted(getChecksum().getValue(), crc));
        }
        return read;
    }
}
