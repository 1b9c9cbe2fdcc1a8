package sckd.cli;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import sckd.data.DownloadFile;
import sckd.data.PublicDataSet;
import sckd.report.TextTable;

/** {@code sckd datasets list}. */
@Command(
        name = "list",
        header = "List the data sets that can be downloaded.",
        footer = {"", "Example:", "  sckd datasets list"})
final class DatasetsListCommand extends JsonCommand implements Callable<Integer> {
    private static final double MEGABYTE = 1e6;

    /** One of them, as printed with {@code --json}. */
    record Row(String name, String about, long bytes, List<DownloadFile> files) {}

    @Override
    public Integer call() {
        var rows = PublicDataSet.all().entrySet().stream()
                .map(entry -> new Row(
                        entry.getKey(),
                        entry.getValue().about(),
                        entry.getValue().bytes(),
                        entry.getValue().files()))
                .toList();
        var table = new TextTable(
                List.of("data set", "MB", "what it is"),
                rows.stream()
                        .map(row -> List.of(
                                row.name(), String.format(Locale.ROOT, "%.1f", row.bytes() / MEGABYTE), row.about()))
                        .toList());
        json.print(rows, table.render());
        return 0;
    }
}
