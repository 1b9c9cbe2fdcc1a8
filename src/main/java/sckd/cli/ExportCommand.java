package sckd.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sckd.experiment.RunExport;
import sckd.savedmodel.ModelImport.Existing;

/** {@code sckd export}: the student of a run. */
@Command(
        name = "export",
        header = "Write the student of a run as a SavedModel.",
        description =
                "It is loaded again and its outputs are compared with the checkpoint's before the command says that it is there.",
        footer = {"", "Example:", "  sckd export runs/quickstart/SCKD --to my-student"})
final class ExportCommand extends JsonCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RUN", description = "A run's directory (its newest checkpoint), or a checkpoint's.")
    private Path run;

    @Option(names = "--to", required = true, paramLabel = "DIR", description = "A new or empty directory.")
    private Path target;

    @Option(names = "--replace", description = "Put it in the place of a model that is there already.")
    private boolean replace;

    @Override
    public Integer call() {
        var report = RunExport.write(run, target, replace ? Existing.REPLACE : Existing.REFUSE);
        var text = "%s: the student of %s after step %,d; loaded again, its outputs are those of the checkpoint"
                .formatted(target, report.run(), report.step());
        json.print(report, text);
        return 0;
    }
}
