package sckd.cli;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code --json}: the same as the table, for scripts. */
final class JsonOutput {
    /** Pure ASCII: the same in every locale of the reader's. */
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build();

    @Option(names = "--json", description = "Print the result as JSON on standard output.")
    boolean json;

    /** The command that has this option. */
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /**
     * Prints {@code value} as JSON if asked for, else {@code text}.
     *
     * @throws UncheckedIOException if it cannot be written, so that no script takes half of it for the whole
     */
    void print(Object value, String text) {
        var out = command.commandLine().getOut();
        try {
            out.println(json ? MAPPER.writeValueAsString(value) : text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (out.checkError() || System.out.checkError()) { // picocli's writer does not tell of what it writes to
            throw new UncheckedIOException(new IOException("standard output is closed or full"));
        }
    }
}
