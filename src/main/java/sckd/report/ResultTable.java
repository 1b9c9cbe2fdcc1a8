package sckd.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The runs of an experiment side by side: parameters, accuracy, share of open gates by loss, seconds.
 *
 * @param runs a row each: teachers first
 */
public record ResultTable(List<RunSummary> runs) {
    /** The table as text, with a line that says how the best epoch was chosen. */
    public String render() {
        var losses = runs.stream()
                .flatMap(run -> run.openRates().keySet().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        var head = new ArrayList<>(List.of("", "parameters", "last %", "best %"));
        losses.forEach(loss -> head.add("open: " + loss));
        head.add("seconds");
        var rows = runs.stream().map(run -> row(run, losses)).toList();
        return new TextTable(head, rows).render() + "\n" + footnote();
    }

    private static List<String> row(RunSummary run, Set<String> losses) {
        var cells = new ArrayList<>(List.of(
                run.name(),
                format("%,d", run.parameters()),
                format("%.2f", 100 * run.last()),
                format("%.2f", 100 * run.best())));
        for (var loss : losses) {
            var rate = run.openRates().get(loss);
            cells.add(rate == null ? "-" : format("%.3f", rate));
        }
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
