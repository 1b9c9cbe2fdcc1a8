package sckd.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import sckd.UserException;

/**
 * Images in one directory, {@code images}, and a file of their classes beside it, as Tiny-ImageNet has them: a line is the image's name, its class and more,
 * separated by tabs.
 */
record AnnotatedImages(Path directory, Path file) {
    static Optional<AnnotatedImages> find(Path directory) {
        var file = directory.resolve(directory.getFileName() + "_annotations.txt");
        return Files.isRegularFile(file) && Files.isDirectory(directory.resolve("images"))
                ? Optional.of(new AnnotatedImages(directory, file))
                : Optional.empty();
    }

    ImageLabels read(ClassDirectories classes) throws IOException {
        var images = new ArrayList<EncodedImage>();
        var labels = new ArrayList<Integer>();
        int number = 0;
        for (var line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            number++;
            var fields = line.split("\t");
            var where = file + ", line " + number;
            if (fields.length < 2 || fields[0].contains("/") || fields[0].contains("\\")) {
                throw new UserException(where + ": expected an image's name, a tab and its class: get the set again");
            }
            images.add(new EncodedImage.OfFile(directory.resolve("images").resolve(fields[0])));
            labels.add(classes.id(fields[1], where));
        }
        return new ImageLabels(images, labels);
    }
}
