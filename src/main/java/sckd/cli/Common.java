package sckd.cli;

import picocli.CommandLine.Option;

/** Options of every command. */
final class Common {
    @Option(names = "--stacktrace", description = "Print the whole stack trace of an error.")
    boolean stacktrace;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    /** A command that has them. */
    interface Holder {
        Common common();
    }
}
