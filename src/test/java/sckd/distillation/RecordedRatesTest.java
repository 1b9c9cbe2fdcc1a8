package sckd.distillation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sckd.UserException;
import sckd.autodiff.TestGraph;

/** Controls that follow what a run recorded. */
class RecordedRatesTest {
    /** The third loss is not followed; the order is another than that of the losses. */
    private static final String THREE_EPOCHS =
            """
            {"epoch":1,"openRates":{"hint":0.25,"output":0.75,"other":0.5}}
            {"epoch":2,"openRates":{"hint":1.0,"output":0.0,"other":0.5}}
            {"epoch":3,"openRates":{"hint":0.125,"output":0.3,"other":0.5}}
            """;

    @TempDir
    private Path run;

    private final TestGraph graph = new TestGraph();

    @AfterEach
    void close() {
        graph.close();
    }

    /** Epochs done, rate of the output, rate of the hint. */
    @ParameterizedTest
    @CsvSource({
        "0, .75, .25",
        ".99, .75, .25",
        "1, 0, 1",
        "1.5, 0, 1",
        "2, .3, .125",
        "2.99, .3, .125",
        "3, .3, .125",
        "40.5, .3, .125"
    })
    void eachLossHasItsRateOfTheEpochAndThenThatOfTheLast(float epoch, float output, float hint) throws IOException {
        write(THREE_EPOCHS);
        var gates = graph.read(new ScaledGate(new RecordedRates(run))
                .build(graph.tf, inputs(epoch, 1, "output", "hint"))
                .gates());
        assertThat(TestGraph.floats(gates)).containsExactly(output, hint);
    }

    /** 500 losses of one rate by 8 steps: the standard deviation of the mean is √(.21 / 4000) = .0072. */
    @Test
    void aRandomGateOpensAtTheRecordedRate() throws IOException {
        var names = new String[500];
        var recorded = new StringBuilder();
        for (int k = 0; k < names.length; k++) {
            names[k] = "loss" + k;
            recorded.append(k == 0 ? "" : ",").append("\"loss").append(k).append("\":0.3");
        }
        write("{\"openRates\":{%s}}\n".formatted(recorded));
        double open = 0;
        for (int step = 1; step <= 8; step++) {
            for (double gate : random(step - 1, step, names)) {
                open += gate;
            }
        }
        assertThat(open / 4000).isEqualTo(.3, within(.03));
    }

    /** Draws are from 0 to below 1: 0 never opens, 1 always. */
    @Test
    void ratesOfZeroAndOneAreExact() throws IOException {
        write("{\"openRates\":{\"never\":0.0,\"always\":1.0}}\n");
        var names = Collections.nCopies(300, List.of("never", "always")).stream()
                .flatMap(List::stream)
                .toArray(String[]::new);
        var gates = random(0, 1, names);
        for (int k = 0; k < gates.length; k++) {
            assertThat(gates[k]).isEqualTo(k % 2);
        }
    }

    private double[] random(float epoch, long step, String... losses) {
        return graph.read(new RandomGate(new RecordedRates(run))
                .build(graph.tf, inputs(epoch, step, losses))
                .gates());
    }

    @Test
    void aDirectoryWithoutARunIsToldAndWhatIsNeeded() {
        var nowhere = new RecordedRates(run.resolve("nowhere"));
        assertThatThrownBy(() -> nowhere.build(graph.tf, inputs(0, 1, "output")))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "%s cannot be read; a gate that follows the open rates of a run needs the directory of one",
                        run.resolve("nowhere/epochs.jsonl"));
    }

    @Test
    void aRunThatEndedNoEpochIsTold() throws IOException {
        write("");
        assertFault("%s holds no epoch; a gate that follows it needs at least one", "output");
    }

    @Test
    void aLossThatTheRunHasNotIsToldWithThoseThatItHas() throws IOException {
        write(THREE_EPOCHS);
        assertFault(
                "%s: has no open rate of the loss 'logits'; expected a run with the same losses; it has hint, output, other",
                "hint", "logits");
        write("{\"openRates\":{}}\n");
        assertFault(
                "%s: has no open rate of the loss 'output'; expected a run with the same losses; it has none",
                "output");
    }

    @Test
    void aFileThatIsNoRecordIsTold() throws IOException {
        write("epoch 1\n");
        assertThatThrownBy(() -> new RecordedRates(run).build(graph.tf, inputs(0, 1, "output")))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(run.resolve("epochs.jsonl") + ": no readable record of epochs: ")
                .hasMessageNotContaining("\n");
    }

    private void assertFault(String message, String... losses) {
        assertThatThrownBy(() -> new RecordedRates(run).build(graph.tf, inputs(0, 1, losses)))
                .isInstanceOf(UserException.class)
                .hasMessage(message, run.resolve("epochs.jsonl"));
    }

    private void write(String epochs) throws IOException {
        Files.writeString(run.resolve("epochs.jsonl"), epochs);
    }

    private GateInputs inputs(float epoch, long step, String... losses) {
        return new GateInputs(
                List.of(losses),
                Collections.nCopies(losses.length, 1f),
                Optional.empty(),
                graph.tf.constant(step),
                graph.tf.constant(epoch),
                1);
    }
}
