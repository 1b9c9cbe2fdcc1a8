package sckd.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.collect.ImmutableMap;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /**
     * @param baseline empty: the first method
     * @throws UserException if the baseline is no method, or the directory holds another comparison
     */
    public static ComparisonRun of(Experiment experiment, Path directory, List<Long> seeds, Optional<String> baseline) {
        var methods = List.copyOf(experiment.byMethod().keySet());
        var base = baseline.orElse(methods.get(0));
        experiment.checkMethod("--baseline", base);
        var run = new ComparisonRun(experiment, directory, seeds, base);
        var stored = new RunDirectory(directory);
        if (Files.exists(stored.experiment())) {
            Runs.checkSame(experiment, Runs.readStored(stored), stored);
        }
        stored.create();
        stored.writeExperiment(experiment);
        return run;
    }

    /** Where the run of a seed lies. */
    public RunDirectory runOf(long seed) {
        return new RunDirectory(directory.resolve("seed-" + seed));
    }

    /** Runs a seed in this process. */
    public void run(long seed, RunListener listener, BooleanSupplier stopRequested) {
        var place = runOf(seed);
        var ofSeed = experiment.withSeed(seed);
        if (Files.exists(place.experiment())) {
            Runs.checkSame(ofSeed, Runs.readStored(place), place);
        }
        if (hasEnded(place)) {
            listener.message("seed %d: run by an earlier process".formatted(seed));
            return;
        }
        ExperimentRun.run(ofSeed, place, listener, stopRequested);
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

    private Map<String, String> constants() {
        var lines = ImmutableMap.<String, String>builder();
        experiment.byMethod().forEach((name, method) -> {
            var note = Optional.ofNullable(experiment.methods().get(name)).flatMap(Method::note);
            lines.put(
                    name,
                    ExperimentFile.constants(method)
                            + note.map(text -> "; " + text).orElse(""));
        });
        return lines.build();
    }

    /** Its records suffice: no image, model or checkpoint of it is needed any more. */
    private boolean hasEnded(RunDirectory run) {
        return ended(run).size()
                == experiment.teachers().size() + experiment.byMethod().size();
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
            try {
                write("table.json", JSON.writeValueAsString(comparison) + "\n");
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e); // a record of numbers and texts
            }
        });
    }

    private void write(String name, String text) {
        RunDirectory.write(directory.resolve(name), text.getBytes(StandardCharsets.UTF_8));
    }
}
