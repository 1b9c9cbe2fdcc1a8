package sckd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.Test;
import sckd.experiment.BuiltInExperiment;

class BuiltInListTest {
    @Test
    void namesEachWithTheFirstLineOfItsFile() {
        var listed = new ArrayList<String>();
        for (var line : Sckd.run("train", "--list").assertFine().out().lines().toList()) {
            assertThat(line).hasSizeLessThanOrEqualTo(80);
            if (line.startsWith(" ")) {
                listed.add(listed.remove(listed.size() - 1) + " " + line.strip());
            } else {
                listed.add(line.replaceFirst(" +", ": "));
            }
        }
        assertThat(listed)
                .containsExactlyElementsOf(BuiltInExperiment.all().stream()
                        .map(builtIn -> builtIn.name() + ": "
                                + builtIn.text()
                                        .lines()
                                        .findFirst()
                                        .orElseThrow()
                                        .replaceFirst("# ", ""))
                        .toList());
    }

    @Test
    void isToldToScriptsAsWell() throws IOException {
        var described = new LinkedHashMap<String, String>();
        var json = Sckd.run("train", "--list", "--json").assertFine().json();
        json.properties()
                .forEach(entry -> described.put(entry.getKey(), entry.getValue().asText()));
        assertThat(described.keySet())
                .containsExactlyElementsOf(BuiltInExperiment.all().stream()
                        .map(BuiltInExperiment::name)
                        .toList());
        assertThat(described)
                .containsEntry("quickstart", BuiltInExperiment.all().get(0).description());
    }
}
