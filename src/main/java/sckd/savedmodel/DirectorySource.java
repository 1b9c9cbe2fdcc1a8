package sckd.savedmodel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import sckd.UserException;
import sckd.files.TreeCopy;

/** A SavedModel's directory. Symbolic links are followed. */
record DirectorySource(Path path) implements ImportSource {
    DirectorySource {
        if (!Files.isRegularFile(path.resolve(SavedModelSearch.PROGRAM))) {
            throw new UserException("%s: holds no %s itself, but %s does; import that directory"
                    .formatted(path, SavedModelSearch.PROGRAM, path.resolve(SavedModelSearch.findOnly(path, path))));
        }
    }

    @Override
    public Copied copyTo(Path directory) throws IOException {
        var parts = TreeCopy.list(path);
        parts.forEach(DirectorySource::checkPlain);
        TreeCopy.copy(path, directory, part -> true);
        long links = parts.stream().filter(Files::isSymbolicLink).count();
        var notes = links == 0 ? List.<String>of() : List.of("symbolic links that were followed: %d".formatted(links));
        return new Copied(path, ModelDigest.ofDirectory(directory), notes);
    }

    private static void checkPlain(Path part) {
        if (!Files.isDirectory(part) && !Files.isRegularFile(part)) {
            throw new UserException(
                    "%s: is no file, no directory and no link to one; expected a SavedModel's plain files"
                            .formatted(part));
        }
    }
}
