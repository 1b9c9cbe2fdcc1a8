package sckd.cli;

import java.util.Collection;
import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;
import sckd.Nearest;

/** Words a wrong command line as one line that ends in what mends it. */
final class ParameterErrors {
    /** As {@code sckd help} says it. */
    private static final Pattern UNKNOWN_SUBCOMMAND = Pattern.compile("Unknown subcommand '(.*)'\\.");

    private ParameterErrors() {}

    static String describe(ParameterException e) {
        var line = e.getCommandLine();
        return describe(e, line) + "; see " + line.getCommandSpec().qualifiedName() + " --help";
    }

    private static String describe(ParameterException e, CommandLine line) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            return unmatched(unmatched, line);
        }
        var spec = line.getCommandSpec();
        var subcommand = UNKNOWN_SUBCOMMAND.matcher(e.getMessage());
        if (subcommand.matches()) {
            return unknownCommand(subcommand.group(1), spec);
        }
        var text = e.getMessage()
                .replaceAll("\\R", " ")
                .replaceFirst("option option", "option")
                .replaceFirst("\\.$", "");
        return e instanceof MissingParameterException
                ? text.replaceFirst("^Error: ", "").replaceFirst("^Missing", "missing")
                : text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
    }

    private static String unmatched(UnmatchedArgumentException e, CommandLine line) {
        var word = e.getUnmatched().get(0);
        var spec = line.getCommandSpec();
        if (e.isUnknownOption()) {
            return "unknown option '%s'%s"
                    .formatted(word, nearest(word, spec.optionsMap().keySet()));
        }
        return spec.subcommands().isEmpty() ? "unexpected argument '%s'".formatted(word) : unknownCommand(word, spec);
    }

    private static String unknownCommand(String word, CommandSpec spec) {
        return "unknown command '%s'; %s"
                .formatted(word, Nearest.hint(word, spec.subcommands().keySet()));
    }

    private static String nearest(String option, Collection<String> known) {
        return Nearest.find(option.replaceFirst("=.*", ""), known)
                .map(near -> "; nearest: " + near)
                .orElse("");
    }
}
