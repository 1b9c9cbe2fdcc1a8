package sckd.report;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Methods side by side over several seeds: what can be claimed, and what cannot.
 *
 * @param experiment its name
 * @param baseline the row that the others are compared with
 * @param validation whether the best epoch was chosen on images held out of training
 */
public record Comparison(
        String experiment,
        List<Long> seeds,
        String baseline,
        Constants constants,
        boolean validation,
        List<ComparisonRow> rows) {
    public Comparison {
        seeds = List.copyOf(seeds);
        rows = List.copyOf(rows);
    }

    /**
     * A line for each: weights, losses, gate and the like as in an experiment file, and what a method's note says.
     *
     * @param teachers those that are trained
     * @param methods all
     */
    public record Constants(Map<String, String> teachers, Map<String, String> methods) {
        public Constants {
            teachers = ImmutableMap.copyOf(teachers);
            methods = ImmutableMap.copyOf(methods);
        }
    }

    /**
     * @param constants a row that is none of the methods is a teacher, which is not compared
     * @param runs the rows of each seed's run, teachers first; one that is not ended may lack some
     * @throws IllegalArgumentException if no run has the baseline
     */
    public static Comparison of(
            String experiment, String baseline, Constants constants, Map<Long, List<RunSummary>> runs) {
        var byName = new LinkedHashMap<String, Map<Long, RunSummary>>();
        runs.forEach((seed, rows) -> rows.forEach(row ->
                byName.computeIfAbsent(row.name(), name -> new TreeMap<>()).put(seed, row)));
        checkArgument(byName.containsKey(baseline), "no run of '%s'; there are %s", baseline, byName.keySet());
        boolean validation = byName.values().stream()
                .flatMap(row -> row.values().stream())
                .filter(run -> run.bestEpoch() > 0)
                .allMatch(run -> run.bestChosenOn().equals("validation"));
        var base = byName.get(baseline);
        var rows = new ArrayList<ComparisonRow>();
        byName.forEach((name, ofSeeds) -> {
            boolean isCompared = constants.methods().containsKey(name) && !name.equals(baseline);
            var difference = isCompared ? difference(ofSeeds, base, validation) : null;
            rows.add(row(name, List.copyOf(ofSeeds.values()), validation, difference));
        });
        return new Comparison(experiment, List.copyOf(runs.keySet()), baseline, constants, validation, rows);
    }

    private static ComparisonRow row(
            String name, List<RunSummary> runs, boolean validation, PairedDifference difference) {
        var best = validation ? Spread.of(runs.stream().map(RunSummary::best).toList()) : null;
        return new ComparisonRow(
                name,
                runs.get(0).model(),
                runs.get(0).parameters(),
                Spread.of(runs.stream().map(RunSummary::last).toList()),
                best,
                difference,
                runs.stream().mapToDouble(RunSummary::seconds).average().orElse(0),
                runs.stream().mapToLong(RunSummary::peakMemoryMebibytes).max().orElse(0),
                meanOpenRates(runs));
    }

    private static Map<String, Double> meanOpenRates(List<RunSummary> runs) {
        var sums = new LinkedHashMap<String, Double>();
        runs.forEach(run -> run.openRates().forEach((loss, rate) -> sums.merge(loss, rate / runs.size(), Double::sum)));
        return sums;
    }

    /** Over the seeds that both have; null where there are none. */
    private static PairedDifference difference(
            Map<Long, RunSummary> runs, Map<Long, RunSummary> base, boolean validation) {
        var differences = new ArrayList<Double>();
        runs.forEach((seed, run) -> {
            var other = base.get(seed);
            if (other != null) {
                differences.add(validation ? run.best() - other.best() : run.last() - other.last());
            }
        });
        return differences.isEmpty() ? null : PairedDifference.of(differences);
    }
}
