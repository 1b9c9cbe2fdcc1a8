package sckd.experiment;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a comparison was last asked for beside its experiment, kept as {@code comparison.json}, so that it goes on without being told again.
 *
 * @param baseline the method that the others are compared with
 */
record ComparisonChoice(List<Long> seeds, String baseline) {
    static Optional<ComparisonChoice> find(Path comparison) {
        return RunDirectory.findJson(
                fileIn(comparison),
                ComparisonChoice.class,
                "no readable choice of seeds and baseline: %s; remove it and name them with --seeds and --baseline");
    }

    void write(Path comparison) {
        RunDirectory.write(fileIn(comparison), RunDirectory.toJson(this));
    }

    private static Path fileIn(Path comparison) {
        return comparison.resolve("comparison.json");
    }
}
