package sckd.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** A command that runs an experiment, as its file says or changed, and can be stopped. */
abstract class ExperimentCommand extends JsonCommand {
    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Replace a value of the experiment, such as seed=3; can be repeated.")
    List<String> overrides = new ArrayList<>();

    @ParentCommand
    private Main main;

    /** Asked after every step. */
    BooleanSupplier stopSignal() {
        return main.stopSignal();
    }
}
