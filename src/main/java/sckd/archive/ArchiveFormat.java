package sckd.archive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The kinds of archive that can be unpacked, known by the file's suffix. */
enum ArchiveFormat {
    ZIP(ZipReader::new, ".zip"),
    TAR_GZ(TarReader::openGzip, ".tar.gz", ".tgz"),
    TAR(TarReader::openPlain, ".tar");

    private interface Opener {
        ArchiveReader open(Path file) throws IOException;
    }

    private final Opener opener;
    private final List<String> suffixes;

    ArchiveFormat(Opener opener, String... suffixes) {
        this.opener = opener;
        this.suffixes = List.of(suffixes);
    }

    /** The format that the file's name tells, upper case or lower. */
    static Optional<ArchiveFormat> find(Path file) {
        var name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(format -> format.suffixes.stream().anyMatch(name::endsWith))
                .findFirst();
    }

    /** The suffix, as in {@code a whole .zip file}. */
    @Override
    public String toString() {
        return suffixes.get(0);
    }

    ArchiveReader open(Path file) throws IOException {
        return opener.open(file);
    }
}
