package sckd.cli;

import java.util.function.BooleanSupplier;
import org.tensorflow.TensorFlow;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command line's entry: one class a subcommand, errors as one line. */
@Command(
        name = "sckd",
        description = {
            "Student Customized Knowledge Distillation: trains a small image classifier with the help of big ones. TensorFlow SavedModels in,"
                    + " a SavedModel out."
        },
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            TrainCommand.class,
            CompareCommand.class,
            SearchCommand.class,
            EvaluateCommand.class,
            DatasetsCommand.class,
            InspectCommand.class,
            ImportCommand.class,
            CreateCommand.class,
            ExportCommand.class,
            HelpCommand.class
        },
        footer = {
            "",
            "Start with the built-in quickstart, which needs no data and no model:",
            "  sckd train",
            "Each command explains itself, with an example:",
            "  sckd train --help"
        })
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the versions of sckd, TensorFlow and Java.")
    private boolean version;

    private final BooleanSupplier stopSignal;

    private Main(BooleanSupplier stopSignal) {
        this.stopSignal = stopSignal;
    }

    /** Entry of the program. */
    public static void main(String[] arguments) {
        int code;
        // held until the last word is printed: the Java machine is gone right after
        try (var stopSignal = new StopSignal(System.err)) {
            code = run(commandLine(stopSignal), arguments);
        }
        System.exit(code);
    }

    static int run(CommandLine line, String... arguments) {
        try {
            return line.execute(arguments);
        } catch (OutOfMemoryError | LinkageError e) {
            return Failures.explain(e, line.getErr());
        }
    }

    static CommandLine commandLine() {
        return commandLine(() -> false);
    }

    private static CommandLine commandLine(BooleanSupplier stopSignal) {
        return new CommandLine(new Main(stopSignal))
                .setExpandAtFiles(false)
                .setUsageHelpWidth(HangingText.WIDTH)
                .setParameterExceptionHandler((e, arguments) -> Failures.explain(e))
                .setExecutionExceptionHandler((e, line, parsed) -> Failures.explain(e, line));
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** Asked by what can stop in an orderly way. */
    BooleanSupplier stopSignal() {
        return stopSignal;
    }

    /** The program's version, TensorFlow's and Java's. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            var version = Main.class.getPackage().getImplementationVersion();
            return new String[] {
                "sckd " + (version == null ? "(not packaged)" : version),
                "TensorFlow " + tensorFlow(),
                "Java " + Runtime.version()
            };
        }

        private static String tensorFlow() {
            try {
                return TensorFlow.version();
            } catch (LinkageError e) {
                return "cannot be loaded: " + Failures.firstLine(e);
            }
        }
    }
}
