package sckd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;

/** A call of the program in this process: its exit code and what it wrote. */
record Sckd(int code, String out, String err) {
    static Sckd run(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int code = Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        return new Sckd(code, out.toString(), err.toString());
    }

    /** The call did what it was asked for and had nothing to complain of. */
    Sckd assertFine() {
        assertThat(err).isEmpty();
        assertThat(code).isZero();
        return this;
    }

    /** The call was the user's mistake and told in one line. */
    void assertRefused(String message) {
        assertThat(err).isEqualTo("sckd: " + message + System.lineSeparator());
        assertThat(out).isEmpty();
        assertThat(code).isEqualTo(2);
    }

    JsonNode json() throws IOException {
        return new JsonMapper().readTree(out);
    }
}
