package sckd.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A table of text: the first column to the left, all others to the right. */
public record TextTable(List<String> head, List<List<String>> rows) {
    /** Lines without a border, columns two spaces apart. */
    public String render() {
        var all = new ArrayList<List<String>>();
        all.add(head);
        all.addAll(rows);
        var widths = new int[head.size()];
        for (var row : all) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        return all.stream().map(row -> line(row, widths)).collect(Collectors.joining("\n"));
    }

    private static String line(List<String> row, int[] widths) {
        var line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            var padding = " ".repeat(widths[column] - row.get(column).length());
            line.append(column == 0 ? row.get(column) + padding : "  " + padding + row.get(column));
        }
        return line.toString().stripTrailing();
    }
}
