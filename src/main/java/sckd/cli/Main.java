package sckd.cli;

import java.io.PrintWriter;
import java.util.function.BooleanSupplier;
import org.tensorflow.TensorFlow;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import sckd.UserException;
import sckd.training.TrainingStopped;

/** The command line's entry: one class a subcommand, errors as one line. */
@Command(
        name = "sckd",
        description = "Distils a big image classifier into a small one: TensorFlow SavedModels in, a SavedModel out.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {
            TrainCommand.class,
            EvaluateCommand.class,
            ImportCommand.class,
            CreateCommand.class,
            ExportCommand.class
        },
        footer = {
            "",
            "Start with the built-in quickstart, which needs no data and no model:",
            "  sckd train",
            "Each command explains itself: sckd train --help"
        })
public final class Main implements Runnable {
    /** Exit codes; an interrupted training ends with the signal's (130, 143). */
    static final int OURS = 1;

    static final int USER = 2;

    private final BooleanSupplier stopSignal;

    @Spec
    private CommandSpec spec;

    private Main(BooleanSupplier stopSignal) {
        this.stopSignal = stopSignal;
    }

    /** Entry of the program. */
    public static void main(String[] arguments) {
        int code;
        // held until the last word is printed: the Java machine is gone right after
        try (var stopSignal = new StopSignal(System.err)) {
            code = commandLine(stopSignal).execute(arguments);
        }
        System.exit(code);
    }

    static int run(String... arguments) {
        return commandLine().execute(arguments);
    }

    static CommandLine commandLine() {
        return commandLine(() -> false);
    }

    private static CommandLine commandLine(BooleanSupplier stopSignal) {
        var line = new CommandLine(new Main(stopSignal));
        line.setUsageHelpAutoWidth(true);
        line.setParameterExceptionHandler(Main::explainParameters);
        line.setExecutionExceptionHandler(Main::explainFailure);
        return line;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** Asked by what can stop in an orderly way. */
    BooleanSupplier stopSignal() {
        return stopSignal;
    }

    private static int explainParameters(CommandLine.ParameterException e, String[] arguments) {
        var line = e.getCommandLine();
        line.getErr()
                .println("sckd: %s; see %s --help"
                        .formatted(e.getMessage(), line.getCommandSpec().qualifiedName()));
        return USER;
    }

    private static int explainFailure(Exception e, CommandLine line, CommandLine.ParseResult parsed) {
        var command = line.getCommand() instanceof Common.Holder holder ? holder.common() : new Common();
        PrintWriter err = line.getErr();
        if (command.stacktrace) {
            e.printStackTrace(err);
        }
        if (e instanceof UserException) {
            err.println("sckd: " + e.getMessage());
            return USER;
        }
        if (e instanceof TrainingStopped) {
            err.println("sckd: %s; go on with --resume".formatted(e.getMessage()));
            return 130;
        }
        err.println("sckd: internal error: %s%s"
                .formatted(
                        String.valueOf(e).lines().findFirst().orElse(""),
                        command.stacktrace ? "" : "; --stacktrace tells where"));
        return OURS;
    }

    /** The program's version and TensorFlow's. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            var version = Main.class.getPackage().getImplementationVersion();
            return new String[] {
                "sckd " + (version == null ? "(not packaged)" : version), "TensorFlow " + TensorFlow.version()
            };
        }
    }
}
