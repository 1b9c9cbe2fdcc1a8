package sckd.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a search of constants found.
 *
 * @param images how many the trials were judged on
 * @param tried the best first
 */
public record SearchResult(int images, long seed, List<Tried> tried) {
    /** What a shell takes as it stands. */
    private static final Pattern PLAIN_WORD = Pattern.compile("[\\w.=+/:-]*");

    /**
     * One combination of values.
     *
     * @param name of its run
     * @param values by key
     * @param validation top-1 on the validation images, of the best epoch
     */
    public record Tried(String name, Map<String, String> values, double validation, int epoch) {}

    /** A table, what it is of, and the best as options of other commands. */
    public String render() {
        var head = new ArrayList<>(List.of(""));
        head.addAll(tried.get(0).values().keySet());
        head.addAll(List.of("validation %", "epoch"));
        var rows = tried.stream().map(SearchResult::row).toList();
        double p = tried.get(0).validation();
        return new TextTable(head, rows).render()
                + String.format(
                        Locale.ROOT,
                        "%nTop-1 on %,d images held out of training, of the best epoch; seed %d.%nOne run each: the standard error of the first row is %.2f points.",
                        images,
                        seed,
                        100 * Math.sqrt(p * (1 - p) / images))
                + "\n\nthe best: "
                + tried.get(0).values().entrySet().stream()
                        .map(value -> "--set " + inShell(value.getKey() + "=" + value.getValue()))
                        .collect(Collectors.joining(" "));
    }

    private static String inShell(String word) {
        return PLAIN_WORD.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    private static List<String> row(Tried tried) {
        var cells = new ArrayList<>(List.of(tried.name()));
        cells.addAll(tried.values().values());
        cells.add(String.format(Locale.ROOT, "%.2f", 100 * tried.validation()));
        cells.add(String.valueOf(tried.epoch()));
        return cells;
    }
}
