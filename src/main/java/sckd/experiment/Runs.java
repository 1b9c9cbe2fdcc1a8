package sckd.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sckd.UserException;
import sckd.files.AtomicDirectory;
import sckd.files.DirectoryLock;
import sckd.files.IoReason;

/** Which run a command means: a new one, or one to go on with. */
public final class Runs {
    private static final Path ROOT = Path.of("runs");
    private static final String DEFAULT = "quickstart";

    private Runs() {}

    /** An experiment and where it runs. */
    public record Run(Experiment experiment, RunDirectory directory) {}

    /**
     * A run that does not exist yet.
     *
     * @param source an experiment file or a built-in's name; empty: {@code quickstart}
     * @param output its directory, new or empty; empty: the next free {@code runs/NAME}, {@code runs/NAME-2}…
     */
    public static Run create(Optional<String> source, List<String> overrides, Optional<Path> output) {
        return create(ExperimentFile.read(source.orElse(DEFAULT), overrides), output);
    }

    /** Likewise of an experiment that is no file. */
    public static Run create(Experiment experiment, Optional<Path> output) {
        output.filter(path -> !DirectoryLock.isAloneIn(path)).ifPresent(AtomicDirectory::checkFree);
        return new Run(experiment, new RunDirectory(output.orElseGet(() -> nextFree(ROOT, experiment.name()))));
    }

    /**
     * A run to go on with.
     *
     * @param source as it was started with; empty: what the run itself keeps
     * @param output its directory; empty: the newest {@code runs/NAME} that is no comparison
     * @throws UserException if there is none, or the experiment is another than the run's
     */
    public static Run resume(Optional<String> source, List<String> overrides, Optional<Path> output) {
        output.map(RunDirectory::new).filter(Runs::isComparison).ifPresent(directory -> {
            throw new UserException("%s: holds a comparison, no run; %s goes on with it"
                    .formatted(directory.path(), command(directory)));
        });
        if (output.isPresent() && source.isEmpty() && overrides.isEmpty()) {
            var directory = new RunDirectory(output.get());
            return new Run(readStored(directory), directory);
        }
        return resume(ExperimentFile.read(source.orElse(DEFAULT), overrides), output);
    }

    /** Likewise of an experiment that is no file. */
    public static Run resume(Experiment experiment, Optional<Path> output) {
        return resume(experiment, output.orElseGet(() -> newest(ROOT, experiment.name(), false)));
    }

    /**
     * A comparison to go on with.
     *
     * @param output its directory; empty: the newest comparison among {@code runs/NAME}
     * @throws UserException if there is none, or the experiment is another than the comparison's
     */
    public static Run resumeComparison(String source, List<String> overrides, Optional<Path> output) {
        var experiment = ExperimentFile.read(source, overrides);
        var run = resume(experiment, output.orElseGet(() -> newest(ROOT, experiment.name(), true)));
        if (!isComparison(run.directory()) && hasDirectories(run.directory())) {
            throw new UserException("%s: holds a run, no comparison; %s goes on with it"
                    .formatted(run.directory().path(), command(run.directory())));
        }
        return run;
    }

    private static Run resume(Experiment experiment, Path path) {
        var directory = new RunDirectory(path);
        checkSame(experiment, readStored(directory), directory);
        return new Run(experiment, directory);
    }

    /**
     * Whether it has methods that its run does not have yet.
     *
     * @throws UserException if it differs in anything else
     */
    static boolean addsMethods(Experiment asked, RunDirectory directory) {
        var stored = readStored(directory);
        checkSame(asked, stored, directory);
        return !stored.methods().keySet().containsAll(asked.methods().keySet());
    }

    /** A run goes on as it was started, or its bits would be nobody's; methods can be added, as none alters another, and notes changed. */
    static void checkSame(Experiment asked, Experiment stored, RunDirectory directory) {
        var before = stored.withoutNotes();
        var now = asked.withoutNotes();
        if (now.equals(before) || now.addsMethodsTo(before)) {
            return;
        }
        throw new UserException(
                "%s: differs from what is asked for in %s; %s goes on as it was started, without --resume a new one starts"
                        .formatted(
                                directory.experiment(),
                                String.join(", ", ExperimentFile.differingKeys(now, before)),
                                command(directory)));
    }

    /** What goes on with it, whatever was changed since. */
    private static String command(RunDirectory directory) {
        return isComparison(directory)
                ? "`sckd compare %s --resume --output %s`".formatted(directory.experiment(), directory.path())
                : "`sckd train --resume --output %s`".formatted(directory.path());
    }

    /** Whether it has runs of seeds; until the first has begun there is nothing to go on with. */
    private static boolean isComparison(RunDirectory directory) {
        return anyInside(
                directory,
                path -> path.getFileName().toString().startsWith("seed-")
                        && Files.exists(new RunDirectory(path).experiment()));
    }

    private static boolean hasDirectories(RunDirectory directory) {
        return anyInside(directory, Files::isDirectory);
    }

    private static boolean anyInside(RunDirectory directory, Predicate<Path> wanted) {
        if (!Files.isDirectory(directory.path())) {
            return false;
        }
        try (var entries = Files.list(directory.path())) {
            return entries.anyMatch(wanted);
        } catch (IOException e) {
            throw new UserException("%s: cannot be read: %s".formatted(directory.path(), IoReason.of(e)), e);
        }
    }

    static Experiment readStored(RunDirectory directory) {
        if (!Files.exists(directory.experiment())) {
            throw new UserException("%s: holds no run (no experiment.yaml); expected a directory that `sckd train` made"
                    .formatted(directory.path()));
        }
        return ExperimentFile.read(directory.experiment(), List.of());
    }

    /** Behind all that are there: where one in the middle was removed, the newest still has the highest number. */
    static Path nextFree(Path root, String name) {
        return numbered(root, name, highest(root, name, path -> true) + 1);
    }

    /** The run, or the comparison, of that name that was started last. */
    static Path newest(Path root, String name, boolean comparison) {
        int number = highest(root, name, path -> isComparison(new RunDirectory(path)) == comparison);
        if (number == 0) {
            throw new UserException(
                    "no %s of '%s' under %s to go on with; start it without --resume, or name it with --output"
                            .formatted(comparison ? "comparison" : "run", name, root));
        }
        return numbered(root, name, number);
    }

    /** The highest number that a wanted run of that name has; 0: there is none. */
    private static int highest(Path root, String name, Predicate<Path> wanted) {
        if (!Files.isDirectory(root)) {
            return 0;
        }
        var numbered = Pattern.compile(Pattern.quote(name) + "(?:-([1-9]\\d{0,8}))?");
        try (var entries = Files.list(root)) {
            return entries.filter(wanted)
                    .map(path -> numbered.matcher(path.getFileName().toString()))
                    .filter(Matcher::matches)
                    .mapToInt(match -> match.group(1) == null ? 1 : Integer.parseInt(match.group(1)))
                    .max()
                    .orElse(0);
        } catch (IOException e) {
            throw new UserException("%s: cannot be read: %s".formatted(root, IoReason.of(e, root)), e);
        }
    }

    private static Path numbered(Path root, String name, int number) {
        return root.resolve(number == 1 ? name : name + "-" + number);
    }
}
