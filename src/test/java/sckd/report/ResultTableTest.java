package sckd.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResultTableTest {
    private static RunSummary row(
            String name, int bestEpoch, String chosenOn, Map<String, Double> open, double seconds) {
        return new RunSummary(
                name,
                "zoo:plain-cnn-2",
                12_345,
                0.5,
                0.75126,
                bestEpoch,
                chosenOn,
                0,
                open,
                10,
                seconds,
                512,
                "runs/" + name);
    }

    @Test
    void setsRunsSideBySide() {
        var open = ImmutableMap.of("output", 0.9, "hint", 1 / 3.0);
        var rows = List.of(
                row("teacher", 0, "", Map.of(), 0),
                row("NOKD", 3, "test", Map.of(), 9.6),
                row("SCKD", 4, "test", open, 61.2));
        assertThat(new ResultTable(rows).render())
                .isEqualTo(
                        """
                                 parameters  last %  best %  open: output  open: hint  seconds
                        teacher      12,345   50.00   75.13             -           -        -
                        NOKD         12,345   50.00   75.13             -           -       10
                        SCKD         12,345   50.00   75.13         0.900       0.333       61
                        Top-1 on the test images. Best: the highest of all epochs, chosen on the test
                        images themselves (data.validation holds images out).""");
    }

    @Test
    void saysWhenTheBestWasChosenOnHeldOutImages() {
        assertThat(new ResultTable(List.of(row("NOKD", 3, "validation", Map.of(), 1))).render())
                .isEqualTo(
                        """
                              parameters  last %  best %  seconds
                        NOKD      12,345   50.00   75.13        1
                        Top-1 on the test images. Best: of the epoch that was best in validation.""");
    }
}
