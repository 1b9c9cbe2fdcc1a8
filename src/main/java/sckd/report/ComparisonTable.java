package sckd.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;

/** A comparison as a table, for a terminal, a document and a program. */
public record ComparisonTable(Comparison comparison) {
    /** Lines without a border; a last paragraph says what the figures are. */
    public String text() {
        return new TextTable(head(), cells()).render() + "\n" + String.join("\n", notes());
    }

    /** A table of GitHub-flavoured Markdown, the same notes, and the constants of each teacher that is trained and of each method. */
    public String markdown() {
        var lines = new ArrayList<String>();
        lines.add(markdownLine(head()));
        lines.add("|---" + "|--:".repeat(head().size() - 1) + "|");
        cells().forEach(row -> lines.add(markdownLine(row)));
        lines.add("");
        lines.add(String.join(" ", notes()));
        lines.add("");
        comparison
                .constants()
                .teachers()
                .forEach((teacher, line) -> lines.add("- teacher %s: %s".formatted(teacher, line)));
        comparison.constants().methods().forEach((method, line) -> lines.add("- %s: %s".formatted(method, line)));
        return String.join("\n", lines) + "\n";
    }

    /** RFC 4180, figures in full: shares from 0 to 1. */
    public String csv() {
        var losses = open().losses();
        var text = new StringBuilder();
        try (var printer = CSVFormat.RFC4180.print(text)) {
            var names = new ArrayList<>(List.of(
                    "method",
                    "model",
                    "parameters",
                    "runs",
                    "last_mean",
                    "last_std",
                    "best_mean",
                    "best_std",
                    "difference",
                    "low",
                    "high",
                    "within_noise",
                    "seconds",
                    "peak_mebibytes"));
            losses.forEach(loss -> names.add("open_" + loss));
            printer.printRecord(names);
            for (var row : comparison.rows()) {
                var values = new ArrayList<Object>(List.of(
                        row.name(),
                        row.model(),
                        row.parameters(),
                        row.last().runs(),
                        row.last().mean(),
                        row.last().std()));
                var best = Optional.ofNullable(row.best());
                values.add(best.map(Spread::mean).orElse(null));
                values.add(best.map(Spread::std).orElse(null));
                var difference = Optional.ofNullable(row.difference());
                values.add(difference.map(PairedDifference::mean).orElse(null));
                values.add(difference.map(PairedDifference::low).orElse(null));
                values.add(difference.map(PairedDifference::high).orElse(null));
                values.add(difference.map(PairedDifference::isWithinNoise).orElse(null));
                values.add(row.seconds());
                values.add(row.peakMemoryMebibytes());
                losses.forEach(loss -> values.add(row.openRates().get(loss)));
                printer.printRecord(values);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a StringBuilder throws none
        }
        return text.toString();
    }

    private List<String> head() {
        var head = new ArrayList<>(List.of("", "parameters", "seeds", "last %"));
        if (comparison.validation()) {
            head.add("best %");
        }
        head.add("against " + comparison.baseline());
        head.addAll(open().head());
        head.addAll(List.of("seconds", "MiB"));
        return head;
    }

    private List<List<String>> cells() {
        return comparison.rows().stream().map(this::row).toList();
    }

    private List<String> row(ComparisonRow row) {
        var cells = new ArrayList<>(List.of(
                row.name(),
                format("%,d", row.parameters()),
                format("%d", row.last().runs()),
                row.last().percent()));
        if (comparison.validation()) {
            cells.add(row.best().percent());
        }
        cells.add(row.difference() == null ? "-" : row.difference().points());
        cells.addAll(open().cells(row.openRates()));
        cells.add(row.seconds() == 0 ? "-" : format("%.0f", row.seconds()));
        cells.add(row.peakMemoryMebibytes() == 0 ? "-" : format("%d", row.peakMemoryMebibytes()));
        return cells;
    }

    private OpenRateColumns open() {
        return OpenRateColumns.of(comparison.rows().stream().map(ComparisonRow::openRates));
    }

    private List<String> notes() {
        var seeds = comparison.seeds().stream().map(String::valueOf).collect(Collectors.joining(", "));
        return List.of(
                "Top-1 on the test images, mean ± standard deviation over those of the seeds %s that have ended."
                        .formatted(seeds),
                comparison.validation()
                        ? "Best: of the epoch that was best in validation; differences are of these."
                        : "No images are held out: differences are of the last epoch.",
                "Differences in points, paired by seed, with their 95 % interval (Student's t); ~: within noise, or of one seed.",
                "Seconds: of steps, evaluations and checkpoints, without the one run of a teacher whose outputs are kept for all rows; MiB: resident memory of the process.");
    }

    private static String markdownLine(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |";
    }

    private static String format(String format, Object value) {
        return String.format(Locale.ROOT, format, value);
    }
}
