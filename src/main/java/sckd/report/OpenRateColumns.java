package sckd.report;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A column of mean γ for each loss that any row has.
 *
 * @param losses in the order in which they first come
 */
record OpenRateColumns(Set<String> losses) {
    static OpenRateColumns of(Stream<Map<String, Double>> rows) {
        return new OpenRateColumns(
                rows.flatMap(rates -> rates.keySet().stream()).collect(Collectors.toCollection(LinkedHashSet::new)));
    }

    List<String> head() {
        return losses.stream().map(loss -> "open: " + loss).toList();
    }

    /** Of a row; {@code -} for a loss that it has not. */
    List<String> cells(Map<String, Double> rates) {
        return losses.stream()
                .map(loss -> rates.containsKey(loss) ? String.format(Locale.ROOT, "%.3f", rates.get(loss)) : "-")
                .toList();
    }
}
