package sckd.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The runs of an experiment side by side: parameters, accuracy, share of open gates by loss, seconds.
 *
 * @param runs a row each: teachers first
 */
public record ResultTable(List<RunSummary> runs) {
    /** The table as text, with a line that says how the best epoch was chosen. */
    public String render() {
        var open = OpenRateColumns.of(runs.stream().map(RunSummary::openRates));
        var head = new ArrayList<>(List.of("", "parameters", "last %", "best %"));
        head.addAll(open.head());
        head.add("seconds");
        var rows = runs.stream().map(run -> row(run, open)).toList();
        return new TextTable(head, rows).render() + "\n" + footnote();
    }

    private static List<String> row(RunSummary run, OpenRateColumns open) {
        var cells = new ArrayList<>(List.of(
                run.name(),
                format("%,d", run.parameters()),
                format("%.2f", 100 * run.last()),
                format("%.2f", 100 * run.best())));
        cells.addAll(open.cells(run.openRates()));
        cells.add(run.seconds() == 0 ? "-" : format("%.0f", run.seconds()));
        return cells;
    }

    private String footnote() {
        var onTest = runs.stream()
                .anyMatch(run -> run.bestEpoch() > 0 && run.bestChosenOn().equals("test"));
        return onTest
                ? "Top-1 on the test images. Best: the highest of all epochs, chosen on the test\n"
                        + "images themselves (data.validation holds images out)."
                : "Top-1 on the test images. Best: of the epoch that was best in validation.";
    }

    private static String format(String format, Object value) {
        return String.format(Locale.ROOT, format, value);
    }
}
