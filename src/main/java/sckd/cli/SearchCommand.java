package sckd.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sckd.experiment.ConstantsSearch;
import sckd.experiment.Runs;

/** {@code sckd search}: the constants of a method, by validation. */
@Command(
        name = "search",
        header = "Search the constants of a method, such as weights and temperatures.",
        description = {
            "Trains the method with every combination of the values and judges each on the images that data.validation holds out of training,"
                    + " never on the test images.",
            "Take a seed that the comparison does not have, and few epochs."
        },
        footer = {
            "",
            "Examples:",
            "  sckd search my.yaml --method BLKD --try losses.output.temperature=2,4,8 \\",
            "    --try supervised.weight+losses.output.weight=.7+.3,.4+.6,.1+.9 \\",
            "    --set training.epochs=10 --set seed=11"
        })
final class SearchCommand extends ExperimentCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE|NAME", description = "An experiment file, or the name of a built-in experiment.")
    private String experiment;

    @Option(
            names = "--method",
            paramLabel = "METHOD",
            description = "Whose constants; needed where the experiment has several methods.")
    private String method;

    @Option(
            names = "--try",
            required = true,
            paramLabel = "KEY=VALUE,...",
            description =
                    "The values of a key, a path as --set takes it; can be repeated. KEY+KEY=VALUE+VALUE,... changes keys together.")
    private List<String> tries = new ArrayList<>();

    @Option(
            names = "--resume",
            description = "Go on with the search in --output, or with the newest of this experiment and method.")
    private boolean resume;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Its directory; default: a new one under runs/, named for the experiment and the method.")
    private Path output;

    @Override
    public Integer call() {
        var search = ConstantsSearch.of(experiment, overrides, Optional.ofNullable(method), tries);
        var place = Optional.ofNullable(output);
        var run = resume ? Runs.resume(search.experiment(), place) : Runs.create(search.experiment(), place);
        var progress = new ConsoleProgress(System.err);
        progress.message("search: %s, %d trainings"
                .formatted(run.directory().path(), search.trials().size()));
        var result = search.run(run.directory(), progress, stopSignal());
        json.print(result, "\n" + result.render());
        return 0;
    }
}
