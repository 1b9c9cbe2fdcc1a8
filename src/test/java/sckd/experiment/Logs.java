package sckd.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** What a run wrote down. */
final class Logs {
    private static final JsonMapper MAPPER = new JsonMapper();

    private Logs() {}

    static List<JsonNode> steps(RunDirectory run) throws IOException {
        return read(run, "steps.jsonl");
    }

    static List<JsonNode> epochs(RunDirectory run) throws IOException {
        return read(run, "epochs.jsonl");
    }

    private static List<JsonNode> read(RunDirectory run, String file) throws IOException {
        var lines = new ArrayList<JsonNode>();
        for (var line : Files.readAllLines(run.path().resolve(file))) {
            lines.add(MAPPER.readTree(line));
        }
        return lines;
    }

    /** γ of the control {@code scaled}, in every step and for every loss, is what the other recorded in that epoch. */
    static void assertScaledAs(RunDirectory followed, RunDirectory control) throws IOException {
        var rates =
                epochs(followed).stream().map(epoch -> epoch.get("openRates")).toList();
        assertThat(rates.stream().flatMap(epoch -> values(epoch).stream()))
                .as("some rate is neither 0 nor 1")
                .anyMatch(rate -> rate > 0 && rate < 1);
        for (var step : steps(control)) {
            var ofEpoch = rates.get(step.get("epoch").asInt() - 1);
            assertThat(step.get("losses")).hasSize(ofEpoch.size());
            for (var loss : step.get("losses")) {
                float rate = (float) ofEpoch.get(loss.get("name").asText()).asDouble();
                assertThat((float) loss.get("gate").asDouble()).isEqualTo(rate);
            }
        }
    }

    private static List<Double> values(JsonNode rates) {
        var values = new ArrayList<Double>();
        rates.forEach(rate -> values.add(rate.asDouble()));
        return values;
    }
}
