package sckd.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sckd create}: an untrained model of the zoo. */
@Command(
        name = "create",
        description = "Writes an untrained model of a built-in architecture as a SavedModel.",
        footer = {"", "Example:", "  sckd create resnet20 --classes 10 --as my-student", "  sckd create --list"})
final class CreateCommand implements Callable<Integer>, Common.Holder {
    @Parameters(arity = "0..1", paramLabel = "ARCHITECTURE", description = "One of --list.")
    private String architecture;

    @Option(names = "--classes", paramLabel = "N", description = "How many classes it tells apart.")
    private Integer classes;

    @Option(names = "--as", paramLabel = "NAME", description = "Written to savedmodels/NAME.")
    private String name;

    @Option(
            names = "--image",
            split = "x",
            paramLabel = "HxWxC",
            defaultValue = "32x32x3",
            description = "Height, width and channels of its images; default: ${DEFAULT-VALUE}.")
    private List<Integer> image;

    @Option(names = "--seed", defaultValue = "1", description = "Of the first weights; default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--list", description = "List the architectures.")
    private boolean list;

    @Mixin
    private JsonOutput json;

    @Mixin
    private Common common;

    @Spec
    private CommandSpec spec;

    @Override
    public Common common() {
        return common;
    }

    @Override
    public Integer call() {
        return 0;
    }
}
