package sckd.experiment;

import com.google.common.collect.ImmutableMap;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import sckd.UserException;
import sckd.report.Comparison;
import sckd.report.ComparisonTable;
import sckd.report.RunSummary;

/**
 * The methods of an experiment, each with several seeds: a run in {@code seed-N/} for each seed, and the table of all as {@code table.md}, {@code table.csv} and
 * {@code table.json}. What is there already is not done again.
 *
 * @param directory of the comparison
 * @param baseline the method that the others are compared with
 */
public record ComparisonRun(Experiment experiment, Path directory, List<Long> seeds, String baseline) {
    private static final List<Long> DEFAULT_SEEDS = List.of(1L, 2L, 3L);

    /**
     * @param seeds none: those of the comparison that is there, or else 1, 2 and 3
     * @param baseline empty: that of the comparison that is there, or else the first method
     * @throws UserException if the baseline is no method, the directory holds another comparison, or a method that is added to it cannot be trained
     */
    public static ComparisonRun of(Experiment experiment, Path directory, List<Long> seeds, Optional<String> baseline) {
        var methods = List.copyOf(experiment.byMethod().keySet());
        var before = ComparisonChoice.find(directory);
        var choice = new ComparisonChoice(
                seeds.isEmpty() ? before.map(ComparisonChoice::seeds).orElse(DEFAULT_SEEDS) : seeds,
                baseline.or(() -> before.map(ComparisonChoice::baseline)).orElse(methods.get(0)));
        experiment.checkMethod("--baseline", choice.baseline());
        var run = new ComparisonRun(experiment, directory, choice.seeds(), choice.baseline());
        var stored = new RunDirectory(directory);
        if (Files.exists(stored.experiment()) && Runs.addsMethods(experiment, stored)) {
            ExperimentRun.rehearse(experiment); // a method that cannot be trained is not added
        }
        stored.create();
        stored.writeExperiment(experiment);
        choice.write(directory);
        return run;
    }

    /** Where the run of a seed lies. */
    public RunDirectory runOf(long seed) {
        return new RunDirectory(directory.resolve("seed-" + seed));
    }

    /**
     * The seeds that have not ended. Of one that has, its records suffice: no image, model or checkpoint of it is needed any more.
     *
     * @throws UserException if one is a run of another experiment
     */
    public List<Long> unfinished() {
        return seeds.stream().filter(seed -> !hasEnded(seed)).toList();
    }

    private boolean hasEnded(long seed) {
        var place = runOf(seed);
        if (Files.exists(place.experiment())) {
            Runs.checkSame(experiment.withSeed(seed), Runs.readStored(place), place);
        }
        return ended(place).size()
                == experiment.teachers().size() + experiment.byMethod().size();
    }

    /** Runs a seed in this process, or what is left of it. */
    public void run(long seed, RunListener listener, BooleanSupplier stopRequested) {
        ExperimentRun.run(experiment.withSeed(seed), runOf(seed), listener, stopRequested);
    }

    /** What has ended so far; empty while the baseline has no run. */
    public Optional<Comparison> find() {
        var runs = new LinkedHashMap<Long, List<RunSummary>>();
        seeds.forEach(seed -> runs.put(seed, ended(runOf(seed))));
        boolean hasBaseline = runs.values().stream().flatMap(List::stream).anyMatch(row -> row.name()
                .equals(baseline));
        return hasBaseline
                ? Optional.of(Comparison.of(experiment.name(), baseline, constants(), runs))
                : Optional.empty();
    }

    private Comparison.Constants constants() {
        var teachers = ImmutableMap.<String, String>builder();
        experiment.teachers().stream()
                .filter(teacher -> teacher.training().isPresent())
                .forEach(teacher -> teachers.put(teacher.name(), ConstantsLine.ofTeacher(teacher)));
        var methods = ImmutableMap.<String, String>builder();
        experiment.byMethod().forEach((name, method) -> {
            var note = Optional.ofNullable(experiment.methods().get(name)).flatMap(Method::note);
            methods.put(
                    name,
                    ConstantsLine.ofMethod(experiment, method)
                            + note.map(text -> "; " + text).orElse(""));
        });
        return new Comparison.Constants(teachers.build(), methods.build());
    }

    private List<RunSummary> ended(RunDirectory run) {
        var rows = new ArrayList<RunSummary>();
        experiment
                .teachers()
                .forEach(teacher -> run.teacher(teacher.name()).findSummary().ifPresent(rows::add));
        experiment.byMethod().keySet().forEach(method -> (experiment.methods().isEmpty() ? run : run.method(method))
                .findSummary()
                .ifPresent(rows::add));
        return rows;
    }

    /** Writes the table of what has ended so far. */
    public void writeTables() {
        find().ifPresent(comparison -> {
            var table = new ComparisonTable(comparison);
            write("table.md", table.markdown());
            write("table.csv", table.csv());
            write("table.json", RunDirectory.toJson(comparison) + "\n");
        });
    }

    private void write(String name, String text) {
        RunDirectory.write(directory.resolve(name), text);
    }
}
