package sckd.savedmodel;

import com.google.common.base.Joiner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import sckd.UserException;
import sckd.files.IoReason;

/** Where in a directory tree the SavedModel is: the directory with {@value #PROGRAM}. */
final class SavedModelSearch {
    static final String PROGRAM = "saved_model.pb";

    private static final int LISTED = 5;
    private static final int DEPTH = 12;
    private static final int LOOKED_AT = 10_000;
    private static final List<String> KERAS = List.of(".keras", ".h5", ".hdf5");

    private SavedModelSearch() {}

    /**
     * @param tree where to look
     * @param source the tree's name in messages
     * @return the directory of the one SavedModel, relative to {@code tree}; empty path for the tree itself
     * @throws UserException if there is none or more than one; says what there is
     */
    static Path findOnly(Path tree, Path source) {
        var files = files(tree, source);
        var models = files.stream()
                .filter(file -> file.getFileName().toString().equals(PROGRAM))
                .map(file -> file.getParent() == null ? Path.of("") : file.getParent())
                .toList();
        if (models.isEmpty()) {
            throw new UserException("%s: holds no %s, so no SavedModel; found %s%s"
                    .formatted(source, PROGRAM, listed(files), hint(files)));
        }
        if (models.size() > 1) {
            throw new UserException(
                    "%s: holds %d SavedModels, %s; expected one: unpack it and import the directory of one"
                            .formatted(source, models.size(), listed(models)));
        }
        return models.get(0);
    }

    /** Regular files, relative and in order; of a tree far too big for a model, the first ones met. */
    private static List<Path> files(Path tree, Path source) {
        try (var walk = Files.walk(tree, DEPTH)) {
            return walk.limit(LOOKED_AT)
                    .filter(Files::isRegularFile)
                    .map(tree::relativize)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw IoReason.unreadable(source, e);
        } catch (UncheckedIOException e) {
            throw IoReason.unreadable(source, e.getCause());
        }
    }

    private static String listed(List<Path> paths) {
        if (paths.isEmpty()) {
            return "no file at all";
        }
        var first = paths.stream()
                .limit(LISTED)
                .map(path -> path.toString().isEmpty() ? "." : UserException.shorten(path.toString()))
                .toList();
        var more = paths.size() > LISTED ? " and %d more".formatted(paths.size() - LISTED) : "";
        return Joiner.on(", ").join(first) + more;
    }

    private static String hint(List<Path> files) {
        boolean keras = files.stream().map(Path::toString).anyMatch(file -> KERAS.stream()
                .anyMatch(file::endsWith));
        return keras ? "; a Keras file becomes a SavedModel by model.export(DIR) in Python" : "";
    }
}
