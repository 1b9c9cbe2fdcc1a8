package sckd.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Bounds what a tar reader takes for an entry's header: extended headers and long names go to memory, and a small gzip file can hold huge ones. */
final class TarHeaderGuard extends FilterInputStream {
    private static final long HEADER_BYTES = 4 << 20;

    private long left;

    TarHeaderGuard(InputStream bytes) {
        super(bytes);
    }

    void expectHeader() {
        left = HEADER_BYTES;
    }

    void expectContent() {
        left = Long.MAX_VALUE;
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        return (int) count(value < 0 ? 0 : 1, value);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = super.read(buffer, offset, length);
        return (int) count(read, read);
    }

    @Override
    public long skip(long length) throws IOException {
        long skipped = super.skip(length);
        return count(skipped, skipped);
    }

    private long count(long bytes, long result) throws IOException {
        left -= Math.max(0, bytes);
        if (left < 0) {
            throw new IOException("an entry's header or the archive's end exceeds %d bytes".formatted(HEADER_BYTES));
        }
        return result;
    }
}
