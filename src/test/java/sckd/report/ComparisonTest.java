package sckd.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final Comparison.Constants METHODS = new Comparison.Constants(Map.of(), Map.of("A", "", "B", ""));

    private static RunSummary run(String name, double last, double best, String chosenOn, Map<String, Double> open) {
        int epoch = chosenOn.isEmpty() ? 0 : 3;
        return new RunSummary(
                name,
                "zoo:plain-cnn-2",
                12_345,
                last,
                best,
                epoch,
                chosenOn,
                0,
                open,
                10,
                chosenOn.isEmpty() ? 0 : 60,
                700,
                "d");
    }

    /** Differences .02, .03, .04: mean .03, deviation .01; t of 2 degrees at 97.5 % is 4.302653. */
    @Test
    void aDifferenceIsPairedBySeedAndHasItsInterval() {
        var difference = PairedDifference.of(List.of(.02, .03, .04));
        double half = 4.302653 * .01 / Math.sqrt(3);
        assertThat(difference.mean()).isEqualTo(.03, within(1e-12));
        assertThat(difference.low()).isEqualTo(.03 - half, within(1e-8));
        assertThat(difference.high()).isEqualTo(.03 + half, within(1e-8));
        assertThat(difference.isWithinNoise()).isFalse();
        assertThat(difference.points()).isEqualTo("+3.00 [0.52, 5.48]");
    }

    @Test
    void anIntervalThatHoldsZeroIsNoise() {
        assertThat(PairedDifference.of(List.of(-.01, .03, .02)).points()).isEqualTo("+1.33 [-3.84, 6.50] ~");
        assertThat(PairedDifference.of(List.of(.02)).points()).isEqualTo("+2.00 ~");
        assertThat(PairedDifference.of(List.of(-.04, -.03, -.02)).isWithinNoise())
                .isFalse();
    }

    @Test
    void comparesWhatValidationChose() {
        var comparison = Comparison.of(
                "small",
                "BLKD",
                new Comparison.Constants(
                        Map.of("teacher", "{model: large}"),
                        ImmutableMap.of("BLKD", "{}", "SCKD", "{gate: {kind: cosine}}; searched")),
                ImmutableMap.of(
                        1L,
                        List.of(
                                run("teacher", .9, .9, "", Map.of()),
                                run("BLKD", .60, .62, "validation", Map.of("output", 1.0)),
                                run("SCKD", .61, .64, "validation", Map.of("output", .9))),
                        2L,
                        List.of(
                                run("teacher", .9, .9, "", Map.of()),
                                run("BLKD", .62, .63, "validation", Map.of("output", 1.0)),
                                run("SCKD", .61, .66, "validation", Map.of("output", .8)))));
        assertThat(new ComparisonTable(comparison).text())
                .isEqualTo(
                        """
                                 parameters  seeds        last %        best %           against BLKD  open: output  seconds  MiB
                        teacher      12,345      2  90.00 ± 0.00  90.00 ± 0.00                      -             -        -  700
                        BLKD         12,345      2  61.00 ± 1.41  62.50 ± 0.71                      -         1.000       60  700
                        SCKD         12,345      2  61.00 ± 0.00  65.00 ± 1.41  +2.50 [-3.85, 8.85] ~         0.850       60  700
                        Top-1 on the test images, mean ± standard deviation over those of the seeds 1, 2 that have ended.
                        Best: of the epoch that was best in validation; differences are of these.
                        Differences in points, paired by seed, with their 95 % interval (Student's t); ~: within noise, or of one seed.
                        Seconds: of steps, evaluations and checkpoints, without the one run of a teacher whose outputs are kept for all rows; MiB: resident memory of the process.""");
        assertThat(new ComparisonTable(comparison).csv().lines())
                .startsWith(
                        "method,model,parameters,runs,last_mean,last_std,best_mean,best_std,difference,low,high,within_noise,seconds,peak_mebibytes,open_output")
                .hasSize(4);
        assertThat(new ComparisonTable(comparison).markdown().lines())
                .contains(
                        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
                        "- teacher teacher: {model: large}",
                        "- SCKD: {gate: {kind: cosine}}; searched")
                .anyMatch(line ->
                        line.startsWith("| BLKD | 12,345 | 2 | 61.00 ± 1.41 | 62.50 ± 0.71 | - | 1.000 | 60 | 700 |"));
    }

    @Test
    void neverComparesABestThatWasChosenOnTheTestImages() {
        var comparison = Comparison.of(
                "small",
                "A",
                METHODS,
                Map.of(1L, List.of(run("A", .5, .7, "test", Map.of()), run("B", .4, .9, "test", Map.of()))));
        assertThat(comparison.rows().get(1).best()).isNull();
        assertThat(comparison.rows().get(1).difference().mean()).isEqualTo(-.1, within(1e-12));
        assertThat(new ComparisonTable(comparison).text())
                .contains("No images are held out: differences are of the last epoch.")
                .doesNotContain("best");
    }

    @Test
    void takesSeedsThatHaveNotEnded() {
        var comparison = Comparison.of(
                "small",
                "A",
                METHODS,
                ImmutableMap.of(
                        1L, List.of(run("A", .5, .5, "test", Map.of()), run("B", .6, .6, "test", Map.of())),
                        2L, List.of(run("A", .4, .4, "test", Map.of()))));
        assertThat(comparison.rows().get(0).last().runs()).isEqualTo(2);
        assertThat(comparison.rows().get(1).difference().pairs()).isEqualTo(1);
        assertThatThrownBy(() ->
                        Comparison.of("small", "C", METHODS, Map.of(1L, List.of(run("A", .5, .5, "test", Map.of())))))
                .hasMessage("no run of 'C'; there are [A]");
    }
}
