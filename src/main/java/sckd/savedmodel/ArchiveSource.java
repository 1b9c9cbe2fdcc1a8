package sckd.savedmodel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import sckd.archive.Archive;
import sckd.files.AtomicDirectory;

/** A SavedModel somewhere in an archive; what lies beside it is left out. */
record ArchiveSource(Archive archive) implements ImportSource {
    @Override
    public Copied copyTo(Path directory) throws IOException {
        var file = archive.file();
        var unpacked = directory.resolve(".unpacked");
        archive.unpack(unpacked);
        var model = SavedModelSearch.findOnly(unpacked, file);
        List<Path> parts;
        try (var entries = Files.list(unpacked.resolve(model))) {
            parts = entries.toList();
        }
        for (var part : parts) {
            Files.move(part, directory.resolve(part.getFileName()));
        }
        AtomicDirectory.delete(unpacked);
        return new Copied(Path.of(file + "!").resolve(model), ModelDigest.ofFile(file), List.of());
    }
}
