package sckd.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sckd datasets}: public data sets. */
@Command(
        name = "datasets",
        header = "List the public data sets, or download one.",
        description = "datasets/README.md says how each kind is laid out, your own images included.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {DatasetsListCommand.class, DatasetsGetCommand.class},
        footer = {"", "Examples:", "  sckd datasets list", "  sckd datasets get cifar10"})
final class DatasetsCommand implements Runnable, Common.Holder {
    @Mixin
    private Common common;

    @Spec
    private CommandSpec spec;

    @Override
    public Common common() {
        return common;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
