package sckd.experiment;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import sckd.Nearest;
import sckd.UserException;
import sckd.yaml.YamlFormat;

/** Reads experiments from YAML and writes them back. */
public final class ExperimentFile {
    static final YamlFormat<Experiment> FORMAT = new YamlFormat<>(ExperimentKeys.EXPERIMENT, "training.epochs=3");

    private static final String HEAD = "# The experiment as it was run: defaults and overrides included.\n";

    private ExperimentFile() {}

    /**
     * Reads a built-in experiment by its name, or else a file.
     *
     * @param overrides each {@code path.of.key=value}, applied in order
     * @throws UserException with every fault of the file and the overrides, a line each; or if there is no such file
     */
    public static Experiment read(String nameOrFile, List<String> overrides) {
        var builtIn = BuiltInExperiment.find(nameOrFile);
        if (builtIn.isPresent()) {
            return parse(builtIn.get().text(), nameOrFile, overrides);
        }
        var file = pathOf(nameOrFile);
        if (!Files.exists(file)) {
            throw new UserException("no file '" + nameOrFile + "', and no built-in experiment has that name; "
                    + Nearest.hint(nameOrFile, BuiltInExperiment.names()));
        }
        return read(file, overrides);
    }

    /** Reads a file; see {@link #read(String, List)}. */
    public static Experiment read(Path file, List<String> overrides) {
        return parse(readText(file), file.toString(), overrides);
    }

    /**
     * The experiment as YAML with every default written out; read again it is an equal experiment.
     *
     * @throws IllegalArgumentException for a loss, gate or the like that has no name in a file
     */
    public static String toYaml(Experiment experiment) {
        return HEAD + FORMAT.write(experiment);
    }

    /** The keys in which two experiments differ, such as {@code training.epochs}; {@code losses}, where one has more of them. */
    static List<String> differingKeys(Experiment one, Experiment other) {
        return FORMAT.differingKeys(one, other);
    }

    static Experiment parse(String text, String file, List<String> overrides) {
        return FORMAT.read(text, file, overrides);
    }

    private static Path pathOf(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new UserException("'" + text + "' is no path: " + e.getReason(), e);
        }
    }

    private static String readText(Path file) {
        try {
            if (Files.isDirectory(file)) {
                throw new UserException(file + " is a directory; expected an experiment's YAML file");
            }
            if (Files.size(file) > YamlFormat.LARGEST_TEXT) {
                throw new UserException(file + " has " + Files.size(file) + " bytes; expected an experiment of at most "
                        + YamlFormat.LARGEST_TEXT);
            }
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new UserException(file + " is no UTF-8 text; expected an experiment's YAML file", e);
        } catch (IOException e) {
            throw new UserException(file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
