package sckd.savedmodel;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import sckd.UserException;
import sckd.files.IoReason;

/** The names of a model's classes, from a text file. */
public final class ClassNames {
    private ClassNames() {}

    /**
     * Reads one name a line, in the order of the logits, in UTF-8; blanks around a name and empty lines at the end do not count. A name may come twice:
     * ImageNet has such.
     *
     * @throws UserException if the file cannot be read, holds no name or an empty line between names
     */
    public static List<String> read(Path file) {
        var names = new ArrayList<>(lines(file));
        while (!names.isEmpty() && names.get(names.size() - 1).isEmpty()) {
            names.remove(names.size() - 1);
        }
        if (names.isEmpty()) {
            throw new UserException("%s: is empty; expected the name of a class on each line".formatted(file));
        }
        int gap = names.indexOf("");
        if (gap >= 0) {
            throw new UserException(
                    "%s: line %d is empty; expected the name of a class on each line".formatted(file, gap + 1));
        }
        return List.copyOf(names);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readString(file)
                    .replaceFirst("^\uFEFF", "") // the byte order mark of Windows editors
                    .lines()
                    .map(String::strip)
                    .toList();
        } catch (MalformedInputException e) {
            throw new UserException(
                    "%s: is not UTF-8 text; expected the name of a class on each line".formatted(file), e);
        } catch (IOException e) {
            throw IoReason.unreadable(file, e);
        }
    }
}
