package sckd.archive;

import com.google.common.base.CharMatcher;
import com.google.common.io.ByteStreams;
import com.google.common.io.MoreFiles;
import com.google.common.primitives.Bytes;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/** Entries of a tar file, plain or in gzip. */
final class TarReader implements ArchiveReader {
    private static final int RECORD_BYTES = 512;

    private final TarHeaderGuard bytes;
    private final TarArchiveInputStream tar;

    private TarReader(InputStream bytes) {
        this.bytes = new TarHeaderGuard(bytes);
        tar = new TarArchiveInputStream(this.bytes, StandardCharsets.UTF_8.name());
    }

    static TarReader openPlain(Path file) throws IOException {
        checkEndsEmpty(file);
        return new TarReader(new BufferedInputStream(Files.newInputStream(file)));
    }

    static TarReader openGzip(Path file) throws IOException {
        var compressed = new BufferedInputStream(Files.newInputStream(file));
        try {
            return new TarReader(GzipCompressorInputStream.builder()
                    .setInputStream(compressed)
                    .setDecompressConcatenated(true) // parallel compressors write several members
                    .get());
        } catch (IOException e) {
            compressed.close();
            throw e;
        }
    }

    /** A tar file ends in empty records. Cut off between two entries it would read well, without the rest; in gzip, gzip's own end tells. */
    private static void checkEndsEmpty(Path file) throws IOException {
        long start = Math.max(0, Files.size(file) - RECORD_BYTES);
        var end = MoreFiles.asByteSource(file).slice(start, RECORD_BYTES).read();
        if (end.length < RECORD_BYTES || !Bytes.asList(end).stream().allMatch(value -> value == 0)) {
            throw new IOException("it does not end in an empty record");
        }
    }

    @Override
    public Optional<ArchiveMember> next() throws IOException {
        bytes.expectHeader();
        var entry = tar.getNextEntry();
        if (entry == null) {
            ByteStreams.exhaust(bytes); // gzip's checksum stands at its very end
            return Optional.empty();
        }
        if (!entry.isCheckSumOK()) {
            throw new IOException("the checksum of an entry's header is wrong");
        }
        bytes.expectContent();
        return Optional.of(new ArchiveMember(entry.getName(), entry.isDirectory(), refusal(entry), tar));
    }

    private static Optional<String> refusal(TarArchiveEntry entry) {
        if (entry.isSymbolicLink()) {
            return Optional.of("is a symbolic link");
        }
        if (entry.isLink()) {
            return Optional.of("is a hard link");
        }
        if (entry.isCharacterDevice() || entry.isBlockDevice() || entry.isFIFO()) {
            return Optional.of("is a device or a pipe");
        }
        boolean known = entry.isDirectory() || CharMatcher.anyOf("\0" + "07").matches((char) entry.getLinkFlag());
        return known ? Optional.empty() : Optional.of("is of kind '%c'".formatted((char) entry.getLinkFlag()));
    }

    @Override
    public void close() throws IOException {
        tar.close();
    }
}
