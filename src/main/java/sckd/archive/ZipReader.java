package sckd.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Optional;
import org.apache.commons.compress.archivers.zip.UnixStat;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/** Entries of a zip file by its central directory, the only place that says which of them are links. */
final class ZipReader implements ArchiveReader {
    private final ZipFile zip;
    private final Enumeration<ZipArchiveEntry> entries;

    ZipReader(Path file) throws IOException {
        zip = ZipFile.builder().setPath(file).get();
        entries = zip.getEntriesInPhysicalOrder();
    }

    @Override
    public Optional<ArchiveMember> next() throws IOException {
        if (!entries.hasMoreElements()) {
            return Optional.empty();
        }
        var entry = entries.nextElement();
        var refusal = refusal(entry);
        boolean hasContent = refusal.isEmpty() && !entry.isDirectory();
        var content = hasContent
                ? new ZipContent(zip.getInputStream(entry), entry.getSize(), entry.getCrc())
                : InputStream.nullInputStream();
        return Optional.of(new ArchiveMember(entry.getName(), entry.isDirectory(), refusal, content));
    }

    private Optional<String> refusal(ZipArchiveEntry entry) {
        if (entry.isUnixSymlink()) {
            return Optional.of("is a symbolic link");
        }
        int kind = entry.getUnixMode() & UnixStat.FILE_TYPE_FLAG;
        if (kind != 0 && kind != UnixStat.FILE_FLAG && kind != UnixStat.DIR_FLAG) {
            return Optional.of("is a device or a pipe");
        }
        if (entry.getGeneralPurposeBit().usesEncryption()) {
            return Optional.of("is encrypted");
        }
        return zip.canReadEntryData(entry)
                ? Optional.empty()
                : Optional.of("is compressed by method %d, which is not known here".formatted(entry.getMethod()));
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
