package sckd.savedmodel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import sckd.UserException;
import sckd.files.IoReason;

/** A SavedModel's directory. Symbolic links are followed: model hubs keep their downloads as links into a store. */
record DirectorySource(Path path) implements ModelSource {
    DirectorySource {
        if (!Files.isRegularFile(path.resolve(SavedModelSearch.PROGRAM))) {
            throw new UserException("%s: holds no %s itself, but %s does; import that directory"
                    .formatted(path, SavedModelSearch.PROGRAM, path.resolve(SavedModelSearch.findOnly(path, path))));
        }
    }

    @Override
    public Copied copyTo(Path directory) throws IOException {
        var parts = parts();
        for (var part : parts) {
            copy(part, directory.resolve(path.relativize(part).toString()));
        }
        long links = parts.stream().filter(Files::isSymbolicLink).count();
        var notes = links == 0 ? List.<String>of() : List.of("symbolic links that were followed: %d".formatted(links));
        return new Copied(path, SourceDigest.ofDirectory(directory), notes);
    }

    private List<Path> parts() {
        try (var walk = Files.walk(path, FileVisitOption.FOLLOW_LINKS)) {
            return walk.skip(1).toList();
        } catch (IOException e) {
            throw unreadable(path, e);
        } catch (UncheckedIOException e) {
            throw unreadable(path, e.getCause());
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        if (Files.isDirectory(from)) {
            Files.createDirectory(to);
        } else if (Files.isRegularFile(from)) {
            try (var in = open(from)) {
                Files.copy(in, to); // the bytes alone: a read-only source gives a model that can be removed
            }
        } else {
            throw new UserException(
                    "%s: is no file, no directory and no link to one; expected a SavedModel's plain files"
                            .formatted(from));
        }
    }

    private static InputStream open(Path file) {
        try {
            return Files.newInputStream(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static UserException unreadable(Path path, IOException cause) {
        return new UserException("%s: cannot be read: %s".formatted(path, IoReason.of(cause, path)), cause);
    }
}
