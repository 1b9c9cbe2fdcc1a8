package sckd.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import org.tensorflow.exceptions.TFResourceExhaustedException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import sckd.UserException;
import sckd.files.IoReason;
import sckd.graph.TensorFlowReason;
import sckd.training.TrainingStopped;

/** Tells what went wrong as one line on standard error, and with which exit code the program ends. */
final class Failures {
    /** A fault of the program or of the machine. */
    static final int OURS = 1;

    /** A mistake of the user's. */
    static final int USER = 2;

    /** After a checkpoint; when a signal asked for it, the Java machine ends with the signal's code (130, 143) all the same. */
    static final int INTERRUPTED = 130;

    private Failures() {}

    /** A wrong command line. */
    static int explain(ParameterException e) {
        say(e.getCommandLine().getErr(), ParameterErrors.describe(e));
        return USER;
    }

    /** What a command threw. */
    static int explain(Exception e, CommandLine line) {
        var err = line.getErr();
        boolean stacktrace = line.getCommand() instanceof Common.Holder holder && holder.common().stacktrace;
        if (stacktrace) {
            e.printStackTrace(err);
        }
        if (e instanceof ParameterException parameters) {
            return explain(parameters);
        }
        if (e instanceof UserException) {
            say(err, e.getMessage());
            return USER;
        }
        if (e instanceof TrainingStopped) {
            say(err, e.getMessage() + "; go on with --resume");
            return INTERRUPTED;
        }
        if (e instanceof TFResourceExhaustedException) {
            say(err, "the device's memory is exhausted: a smaller training.batch-size or model is needed");
            return USER;
        }
        var missingKernel = MissingKernel.describe(e);
        if (missingKernel.isPresent()) {
            say(err, missingKernel.get());
            return USER;
        }
        if (isOfTensorFlow(e)) {
            say(err, "TensorFlow stopped a model's program: " + TensorFlowReason.withNode((RuntimeException) e));
            return USER;
        }
        if (e instanceof UncheckedIOException || e instanceof IOException) {
            var cause = e instanceof UncheckedIOException unchecked ? unchecked.getCause() : (IOException) e;
            say(err, "reading or writing failed: " + IoReason.of(cause));
            return OURS;
        }
        say(err, "internal error: " + firstLine(e) + (stacktrace ? "" : "; --stacktrace tells where"));
        return OURS;
    }

    /** What no look at a model can foresee: values that an op refuses. The exceptions have no type in common. */
    private static boolean isOfTensorFlow(Exception e) {
        return e instanceof RuntimeException
                && e.getClass().getPackage().equals(TFResourceExhaustedException.class.getPackage());
    }

    /** What stops the Java machine itself. */
    static int explain(Error e, PrintWriter err) {
        say(
                err,
                e instanceof OutOfMemoryError
                        ? "out of memory (%s); a larger heap: SCKD_JAVA_OPTS=-Xmx8g".formatted(e.getMessage())
                        : "a library cannot be loaded: " + firstLine(e));
        return OURS;
    }

    static String firstLine(Throwable e) {
        return String.valueOf(e).lines().findFirst().orElse("");
    }

    private static void say(PrintWriter err, String text) {
        err.println("sckd: " + text);
        err.flush();
    }
}
