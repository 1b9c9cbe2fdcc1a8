package sckd.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import sckd.savedmodel.Inspection;

/** {@code sckd inspect}: what is in a SavedModel. */
@Command(
        name = "inspect",
        header = "Show what is in a SavedModel, without running it.",
        description = {
            "Its signatures with shapes and dtypes, parameters, multiply-adds, where the logits are, batch norms, ops without gradient, ops"
                    + " that are not allowed, and the layers that can serve as features in an experiment.",
            "A model that the other commands refuse is reported as well, with what is wrong with it; the exit code is 0 for every model that"
                    + " can be reported."
        },
        footer = {"", "Example:", "  sckd inspect savedmodels/resnet56-cifar10"})
final class InspectCommand extends JsonCommand implements Callable<Integer> {
    @Parameters(paramLabel = "MODEL", description = "The SavedModel's directory.")
    private Path model;

    @Mixin
    private ModelOptions settings;

    @Override
    public Integer call() {
        var report = InspectReport.of(Inspection.of(model, settings.find()));
        json.print(report, InspectText.of(report));
        return 0;
    }
}
