package sckd.data;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import sckd.Nearest;
import sckd.UserException;

/**
 * A directory for each class.
 *
 * @param names sorted; the position is the class id
 */
record ClassDirectories(List<String> names) {
    private static final int DEEPEST = 4;

    static ClassDirectories find(Path root) throws IOException {
        var names = names(root);
        if (names.size() < 2) {
            throw new UserException("%s: %s; expected a directory of images for each of at least 2 classes"
                    .formatted(
                            root, names.isEmpty() ? "no directories" : "the only directory is '" + names.get(0) + "'"));
        }
        return new ClassDirectories(names);
    }

    /** Of the directories in it, but hidden ones. */
    static List<String> names(Path root) throws IOException {
        try (var entries = Files.list(root)) {
            return entries.filter(Files::isDirectory)
                    .map(directory -> directory.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    /** All images of {@code root}, class by class, by name; they may lie in directories below their class's. */
    ImageLabels readImages(Path root) throws IOException {
        var images = new ArrayList<EncodedImage>();
        var labels = new ArrayList<Integer>();
        for (var name : names(root)) {
            int label = id(name, root.toString());
            var files = files(root.resolve(name));
            if (files.isEmpty()) {
                throw new UserException("%s: no image; expected .png, .jpg, .jpeg, .bmp or .gif files of the class"
                        .formatted(root.resolve(name)));
            }
            files.forEach(file -> {
                images.add(new EncodedImage.OfFile(file));
                labels.add(label);
            });
        }
        return new ImageLabels(images, labels);
    }

    /** The class of that name. */
    int id(String name, String where) {
        int id = names.indexOf(name);
        if (id < 0) {
            throw new UserException("%s: class '%s' is not among the training classes; %s"
                    .formatted(where, name, Nearest.hint(name, names)));
        }
        return id;
    }

    private static List<Path> files(Path directory) throws IOException {
        try (var files = Files.walk(directory, DEEPEST, FileVisitOption.FOLLOW_LINKS)) {
            return files.filter(ImageFolderReader::isImage)
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
    }
}
