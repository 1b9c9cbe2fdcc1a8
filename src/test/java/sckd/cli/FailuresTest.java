package sckd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import org.junit.jupiter.api.Test;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import picocli.CommandLine;
import sckd.UserException;

class FailuresTest {
    private final StringWriter err = new StringWriter();

    private int explain(Exception e, String... arguments) {
        var line = new CommandLine(new InspectCommand()).setErr(new PrintWriter(err, true));
        line.parseArgs(arguments);
        return Failures.explain(e, line);
    }

    private void assertSaid(String message) {
        assertThat(err).hasToString(message + System.lineSeparator());
    }

    @Test
    void aUsersMistakeIsItsMessage() {
        assertThat(explain(new UserException("x.yaml: no key 'a'"), "m")).isEqualTo(2);
        assertSaid("sckd: x.yaml: no key 'a'");
    }

    @Test
    void aFileThatFailsIsNamed() {
        assertThat(explain(new UncheckedIOException(new AccessDeniedException("runs/a")), "m"))
                .isEqualTo(1);
        assertSaid("sckd: reading or writing failed: access denied: runs/a");
    }

    @Test
    void aFullDiskIsNoInternalError() {
        assertThat(explain(new IOException("No space left on device"), "m")).isEqualTo(1);
        assertSaid("sckd: reading or writing failed: No space left on device");
    }

    @Test
    void aFaultOfOursIsOneLine() {
        assertThat(explain(new IllegalStateException("two\nlines"), "m")).isEqualTo(1);
        assertSaid("sckd: internal error: java.lang.IllegalStateException: two; --stacktrace tells where");
    }

    @Test
    void whatTensorFlowStopsNamesTheNode() {
        var cause = new TFInvalidArgumentException(
                "In[0] ndims must be >= 2\n\t [[{{node teacher/dense/product}}]]\n\t [[teacher/logits]]");
        assertThat(explain(cause, "m")).isEqualTo(2);
        assertSaid(
                "sckd: TensorFlow stopped a model's program: In[0] ndims must be >= 2 (node 'teacher/dense/product')");
    }

    @Test
    void theStackTraceIsThereForThoseWhoAsk() {
        assertThat(explain(new IllegalStateException("broken"), "m", "--stacktrace"))
                .isEqualTo(1);
        assertThat(err.toString())
                .startsWith("java.lang.IllegalStateException: broken")
                .contains("at sckd.cli.FailuresTest")
                .endsWith("sckd: internal error: java.lang.IllegalStateException: broken" + System.lineSeparator());
    }

    @Test
    void aHeapThatIsTooSmallNamesWhatMendsIt() {
        assertThat(Failures.explain(new OutOfMemoryError("Java heap space"), new PrintWriter(err)))
                .isEqualTo(1);
        assertSaid("sckd: out of memory (Java heap space); a larger heap: SCKD_JAVA_OPTS=-Xmx8g");
    }

    @Test
    void aLibraryThatCannotBeLoadedIsNamed() {
        assertThat(Failures.explain(new UnsatisfiedLinkError("no jnitensorflow"), new PrintWriter(err)))
                .isEqualTo(1);
        assertSaid("sckd: a library cannot be loaded: java.lang.UnsatisfiedLinkError: no jnitensorflow");
    }
}
