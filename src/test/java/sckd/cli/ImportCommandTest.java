package sckd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ImportCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        var line = new CommandLine(new ImportCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .setParameterExceptionHandler((e, words) -> fail(e.getCommandLine(), e))
                .setExecutionExceptionHandler((e, command, parsed) -> fail(command, e));
        return line.execute(arguments);
    }

    private static int fail(CommandLine line, Exception e) {
        line.getErr().print(e.getMessage());
        return 2;
    }

    private void assertRefused(String message, String... arguments) {
        assertThat(run(arguments)).isEqualTo(2);
        assertThat(err).hasToString(message);
    }

    @Test
    void helpShowsAnExample() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("sckd import resnet56.tar.gz --as resnet56-cifar10 --mean");
    }

    @Test
    void wantsAName() {
        assertRefused("Missing required option: '--as=NAME'", "model");
    }

    @Test
    void refusesANameThatIsAPath() {
        assertRefused(
                "model name '../x': expected letters, digits, '.', '_' or '-', a letter or digit first, at most 100",
                "model",
                "--as",
                "../x");
    }

    @Test
    void refusesAMeanWithoutDeviation() {
        assertRefused("Error: Missing required argument(s): --std=R,G,B", "model", "--as", "x", "--mean", ".5,.5,.5");
    }

    @Test
    void refusesDeviationsThatDoNotMatchTheMeans() {
        assertRefused(
                "--mean and --std: mean has 3 values and std 1; expected one a channel",
                "model",
                "--as",
                "x",
                "--mean",
                ".5,.5,.5",
                "--std",
                ".5");
    }

    @Test
    void refusesAMeanInAnotherUnit() {
        assertRefused(
                "--mean and --std: mean is 123.7; expected 0 to 1, in units of the full range: divide mean and std by 255",
                "model",
                "--as",
                "x",
                "--mean",
                "123.7",
                "--std",
                "58");
    }

    @Test
    void refusesASourceThatDoesNotExist() {
        assertRefused(
                "no-such-model: does not exist; expected a SavedModel's directory or an archive of it"
                        + " (.zip, .tar.gz, .tgz or .tar)",
                "no-such-model",
                "--as",
                "x");
    }
}
