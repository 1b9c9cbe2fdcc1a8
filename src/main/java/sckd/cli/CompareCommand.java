package sckd.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sckd.UserException;
import sckd.experiment.ComparisonRun;
import sckd.experiment.Runs;
import sckd.report.ComparisonTable;

/** {@code sckd compare}: the methods of an experiment over several seeds, as a table. */
@Command(
        name = "compare",
        header = "Run the methods of an experiment with several seeds, and compare them.",
        description = {
            "Each seed is a run of its own in the output directory; what has ended is not run again, so that a stopped comparison goes on with"
                    + " --resume, and more seeds and methods can be added.",
            "The table has mean and standard deviation, the difference to one method paired by seed with its 95 %% interval, and open rates; it"
                    + " is written as table.md, table.csv and table.json as well."
        },
        footer = {
            "",
            "Examples:",
            "  sckd compare my.yaml --seeds 1,2,3 --baseline BLKD",
            "  sckd compare my.yaml --resume --jobs 2"
        })
final class CompareCommand extends ExperimentCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE|NAME", description = "An experiment file, or the name of a built-in experiment.")
    private String experiment;

    @Option(
            names = "--seeds",
            split = ",",
            paramLabel = "N",
            description = "The seeds, separated by commas; default: 1,2,3, with --resume those of before.")
    private List<Long> seeds = List.of();

    @Option(
            names = "--baseline",
            paramLabel = "METHOD",
            description =
                    "The method that the others are compared with; default: the first, with --resume that of before.")
    private String baseline;

    @Option(
            names = "--resume",
            description = "Go on with the comparison in --output, or with the newest of this experiment.")
    private boolean resume;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Its directory; default: a new one under runs/, named for the experiment.")
    private Path output;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "So many seeds at a time, each a process with its share of the cores; default: ${DEFAULT-VALUE}."
                            + " Bits may differ with the number of cores.")
    private int jobs;

    @Override
    public Integer call() {
        checkOptions();
        var place = Optional.ofNullable(output);
        var run = resume
                ? Runs.resumeComparison(experiment, overrides, place)
                : Runs.create(Optional.of(experiment), overrides, place);
        var comparison =
                ComparisonRun.of(run.experiment(), run.directory().path(), seeds, Optional.ofNullable(baseline));
        var progress = new ConsoleProgress(System.err);
        progress.message("comparison: " + comparison.directory());
        try {
            var unfinished = comparison.unfinished();
            comparison.seeds().stream()
                    .filter(seed -> !unfinished.contains(seed))
                    .forEach(seed -> progress.message("seed %d: run by an earlier process".formatted(seed)));
            if (jobs == 1) {
                unfinished.forEach(seed -> {
                    progress.message("seed " + seed);
                    comparison.run(seed, progress, stopSignal());
                    comparison.writeTables(); // a kill between seeds loses none
                });
            } else {
                new SeedProcesses(comparison, jobs, progress, stopSignal()).run(unfinished);
            }
        } finally {
            comparison.writeTables(); // of what has ended, where it was stopped as well
        }
        var result = comparison.find().orElseThrow();
        json.print(
                result,
                "\n%s\n\nthe table: %s"
                        .formatted(
                                new ComparisonTable(result).text(),
                                comparison.directory().resolve("table.md")));
        return 0;
    }

    private void checkOptions() {
        if (jobs < 1) {
            throw new UserException("--jobs is %d; expected at least 1".formatted(jobs));
        }
        if (seeds.stream().distinct().count() < seeds.size()) {
            throw new UserException("--seeds has one twice; expected different seeds");
        }
    }
}
