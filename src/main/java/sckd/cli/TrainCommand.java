package sckd.cli;

import com.google.common.collect.ImmutableMap;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sckd.experiment.BuiltInExperiment;
import sckd.experiment.ExperimentRun;
import sckd.experiment.RunDirectory;
import sckd.experiment.Runs;
import sckd.report.ResultTable;
import sckd.report.RunSummary;

/** {@code sckd train}: runs an experiment. */
@Command(
        name = "train",
        header = "Run an experiment.",
        description = {
            "Trains its teachers where it says so, then the student, once for each of its methods.",
            "Without a name it runs the built-in experiment 'quickstart', which needs no data."
        },
        footer = {
            "",
            "Examples:",
            "  sckd train",
            "  sckd train my.yaml --set training.epochs=20 --set seed=2",
            "  sckd train my.yaml --resume"
        })
final class TrainCommand extends ExperimentCommand implements Callable<Integer> {
    /** Who runs an experiment of their own knows it already. */
    private static final String NEXT =
            """

            next, with a teacher of your own:
              sckd import my-teacher.zip --as my-teacher
              sckd inspect savedmodels/my-teacher
              sckd train my.yaml     (docs/experiment.md; sckd train --list)""";

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE|NAME",
            description = "An experiment file, or the name of a built-in experiment (default: quickstart).")
    private String experiment;

    @Option(
            names = "--resume",
            description =
                    "Go on with the run in --output, or with the newest of this experiment, from its last checkpoint.")
    private boolean resume;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "The run's directory; default: a new one under runs/, named for the experiment.")
    private Path output;

    @Option(names = "--list", description = "List the built-in experiments.")
    private boolean list;

    @Override
    public Integer call() {
        if (list) {
            printBuiltIns();
            return 0;
        }
        var source = Optional.ofNullable(experiment);
        var place = Optional.ofNullable(output);
        var run = resume ? Runs.resume(source, overrides, place) : Runs.create(source, overrides, place);
        var progress = new ConsoleProgress(System.err);
        progress.message("run: " + run.directory().path());
        var rows = ExperimentRun.run(run.experiment(), run.directory(), progress, stopSignal());
        json.print(
                rows, text(run.directory(), rows) + (isBuiltIn(run.experiment().name()) ? NEXT : ""));
        return 0;
    }

    private void printBuiltIns() {
        var all = BuiltInExperiment.all();
        int width = 2
                + all.stream()
                        .mapToInt(builtIn -> builtIn.name().length())
                        .max()
                        .orElse(0);
        var text = all.stream()
                .flatMap(builtIn -> new HangingText(builtIn.name(), width).lines(builtIn.description()).stream())
                .collect(Collectors.joining("\n"));
        var names = all.stream()
                .collect(ImmutableMap.toImmutableMap(BuiltInExperiment::name, BuiltInExperiment::description));
        json.print(names, text);
    }

    private static boolean isBuiltIn(String name) {
        return BuiltInExperiment.all().stream()
                .anyMatch(builtIn -> builtIn.name().equals(name));
    }

    private static String text(RunDirectory directory, List<RunSummary> rows) {
        var last = rows.get(rows.size() - 1);
        return """

                %s

                the exported student of %s: %s
                everything else of the run: %s
                """
                .formatted(new ResultTable(rows).render(), last.name(), last.directory(), directory.path())
                .stripTrailing();
    }
}
