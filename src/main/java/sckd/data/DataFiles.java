package sckd.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.CompressorException;
import org.apache.commons.compress.compressors.CompressorStreamFactory;
import sckd.UserException;
import sckd.files.IoReason;

/**
 * The files of a data set: in a directory, or in a tar archive (plain, or compressed by gzip or xz) that is read as it streams by and never
 * unpacked to disk.
 *
 * @param path of the directory or the archive
 * @param folder what the archive unpacks to, such as {@code cifar-10-batches-bin}
 */
record DataFiles(Path path, String folder) {
    private static final int BUFFER_BYTES = 1 << 16;
    /** For unpacking; xz takes 65 MiB at its highest level, a damaged header asks for more than there is. */
    private static final int MOST_KIBIBYTES = 1 << 17;

    private static final Set<String> COMPRESSIONS = Set.of(CompressorStreamFactory.GZIP, CompressorStreamFactory.XZ);

    /** What reads one file. */
    interface Visitor {
        /**
         * @param where names the file in messages
         * @param content closed by the caller
         */
        void visit(String name, String where, InputStream content) throws IOException;
    }

    /**
     * Where the named files are: in the customary folder in {@code path}, in {@code path} itself, or in the downloaded archive, which may lie in {@code path} or in
     * the place of the customary folder that {@code path} names.
     *
     * @param path as the user gave it
     * @param archive its name as it is downloaded
     * @throws UserException if there is nothing
     */
    static DataFiles find(Path path, String folder, String archive, List<String> names) {
        var beside = path.endsWith(folder) ? Stream.of(path.resolveSibling(archive)) : Stream.<Path>empty();
        return Stream.concat(Stream.of(path.resolve(folder), path, path.resolve(archive)), beside)
                .filter(place -> holdsAny(place, names))
                .findFirst()
                .or(() -> Optional.of(path).filter(Files::exists))
                .map(place -> new DataFiles(place, folder))
                .orElseThrow(() -> new UserException(
                        "%s: no such file or directory; expected the directory %s or its archive (see datasets/README.md)"
                                .formatted(path, folder)));
    }

    private static boolean holdsAny(Path place, List<String> names) {
        return Files.isDirectory(place)
                ? names.stream().map(place::resolve).anyMatch(Files::exists)
                : Files.exists(place);
    }

    /** Reads those of the named files that are there, in any order, and returns their names. */
    Set<String> read(List<String> names, Visitor visitor) {
        try {
            return Files.isDirectory(path) ? readDirectory(names, visitor) : readArchive(names, visitor);
        } catch (IOException e) {
            throw IoReason.unreadable(path, e);
        }
    }

    private Set<String> readDirectory(List<String> names, Visitor visitor) throws IOException {
        var found = new LinkedHashSet<String>();
        for (var name : names) {
            var file = path.resolve(name);
            if (Files.exists(file)) {
                try (var content = Files.newInputStream(file)) {
                    visitor.visit(name, file.toString(), content);
                }
                found.add(name);
            }
        }
        return found;
    }

    private Set<String> readArchive(List<String> names, Visitor visitor) throws IOException {
        var found = new LinkedHashSet<String>();
        try (var file = new BufferedInputStream(Files.newInputStream(path), BUFFER_BYTES);
                var archive = new TarArchiveInputStream(uncompressed(file))) {
            for (var entry = nextEntry(archive); entry != null; entry = nextEntry(archive)) {
                var name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
                if (entry.isFile() && names.contains(name) && found.add(name)) {
                    visitor.visit(name, path + ": " + name, archive);
                }
            }
        }
        return found;
    }

    private TarArchiveEntry nextEntry(TarArchiveInputStream archive) {
        try {
            return archive.getNextEntry();
        } catch (IOException e) {
            throw noArchive(e);
        } catch (IllegalArgumentException e) {
            throw noArchive(new IOException(e.getMessage(), e));
        }
    }

    private UserException noArchive(IOException cause) {
        return new UserException(
                "%s: is not a whole tar archive (%s); expected %s as .tar, .tar.gz or .tar.xz: download it again (see datasets/README.md)"
                        .formatted(path, IoReason.of(cause), folder),
                cause);
    }

    private static InputStream uncompressed(BufferedInputStream file) {
        try {
            var kind = CompressorStreamFactory.detect(file);
            return COMPRESSIONS.contains(kind)
                    ? new CompressorStreamFactory(true, MOST_KIBIBYTES).createCompressorInputStream(kind, file)
                    : file;
        } catch (CompressorException e) {
            return file; // none by its first bytes: a plain tar, or the tar reader says what is wrong
        }
    }
}
