package sckd.archive;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;

/** Archives for tests, honest and hostile, each entry as it is given. */
public final class PackedArchive {
    /** Adds entries to a tar file. */
    public interface TarEntries {
        void write(TarArchiveOutputStream tar) throws IOException;
    }

    /** Adds entries to a zip file. */
    public interface ZipEntries {
        void write(ZipArchiveOutputStream zip) throws IOException;
    }

    private PackedArchive() {}

    public static Path tar(Path file, TarEntries entries) throws IOException {
        try (var out = Files.newOutputStream(file)) {
            writeTar(out, entries);
        }
        return file;
    }

    public static Path tarGz(Path file, TarEntries entries) throws IOException {
        try (var out = new GzipCompressorOutputStream(Files.newOutputStream(file))) {
            writeTar(out, entries);
        }
        return file;
    }

    public static Path zip(Path file, ZipEntries entries) throws IOException {
        try (var zip = new ZipArchiveOutputStream(file)) {
            entries.write(zip);
        }
        return file;
    }

    private static void writeTar(OutputStream out, TarEntries entries) throws IOException {
        var tar = new TarArchiveOutputStream(out);
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        entries.write(tar);
        tar.finish();
    }

    public static void file(TarArchiveOutputStream tar, String name, String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var entry = new TarArchiveEntry(name, true);
        entry.setSize(bytes.length);
        tar.putArchiveEntry(entry);
        tar.write(bytes);
        tar.closeArchiveEntry();
    }

    /** @param kind one of the LF constants of {@link TarConstants} */
    public static void special(TarArchiveOutputStream tar, String name, byte kind, String linkName) throws IOException {
        var entry = new TarArchiveEntry(name, kind, true);
        entry.setLinkName(linkName);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    public static void file(ZipArchiveOutputStream zip, String name, String text) throws IOException {
        file(zip, new ZipArchiveEntry(name), text);
    }

    public static void file(ZipArchiveOutputStream zip, ZipArchiveEntry entry, String text) throws IOException {
        zip.putArchiveEntry(entry);
        zip.write(text.getBytes(StandardCharsets.UTF_8));
        zip.closeArchiveEntry();
    }

    public static byte[] tarBytes(TarEntries entries) throws IOException {
        var out = new ByteArrayOutputStream();
        writeTar(out, entries);
        return out.toByteArray();
    }
}
