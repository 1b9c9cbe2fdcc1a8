package sckd.savedmodel;

import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import com.google.common.primitives.UnsignedBytes;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import sckd.UserException;
import sckd.files.IoReason;

/** The SHA-256 by which a model's source is known again, in hex. */
public final class ModelDigest {
    private static final Comparator<String> BY_BYTES = Comparator.comparing(
            text -> text.getBytes(StandardCharsets.UTF_8), UnsignedBytes.lexicographicalComparator());

    private ModelDigest() {}

    /**
     * Of a SavedModel's directory, as its import records it.
     *
     * @throws UserException if a file cannot be read
     */
    public static String of(Path model) {
        try {
            return ofDirectory(model);
        } catch (IOException e) {
            throw IoReason.unreadable(model, e);
        }
    }

    /** Of the file's bytes. */
    static String ofFile(Path file) throws IOException {
        return MoreFiles.asByteSource(file).hash(Hashing.sha256()).toString();
    }

    /**
     * Of a listing of the directory: for each regular file the line {@code <SHA-256 of its bytes>  <relative path>\n}, separators {@code /}, sorted by
     * the UTF-8 bytes of the path. Empty directories and times do not count. A shell computes the same:
     * {@code find -L . -type f | cut -c3- | LC_ALL=C sort | tr '\n' '\0' | xargs -0 sha256sum | sha256sum}.
     */
    static String ofDirectory(Path directory) throws IOException {
        List<String> names;
        try (var walk = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
            names = walk.filter(Files::isRegularFile)
                    .map(file -> directory.relativize(file).toString().replace(File.separatorChar, '/'))
                    .sorted(BY_BYTES)
                    .toList();
        }
        var listing = Hashing.sha256().newHasher();
        for (var name : names) {
            listing.putString("%s  %s\n".formatted(ofFile(directory.resolve(name)), name), StandardCharsets.UTF_8);
        }
        return listing.hash().toString();
    }
}
