package sckd.cli;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import sckd.UserException;
import sckd.data.Normalization;

/** How a model's input is scaled. */
final class InputOptions {
    @Option(
            names = "--mean",
            split = ",",
            paramLabel = "R,G,B",
            description = "Mean of each channel, in units of the full range (0 to 1).")
    private List<Float> mean;

    @Option(names = "--std", split = ",", paramLabel = "R,G,B", description = "Standard deviation of each channel.")
    private List<Float> std;

    /** The scaling asked for, if any. */
    Optional<Normalization> find() {
        if (mean == null && std == null) {
            return Optional.empty();
        }
        if (mean == null || std == null) {
            throw new UserException(
                    "--mean and --std go together; only %s is given".formatted(mean == null ? "--std" : "--mean"));
        }
        try {
            return Optional.of(new Normalization(mean, std));
        } catch (IllegalArgumentException e) {
            throw new UserException("--mean, --std: " + e.getMessage(), e);
        }
    }
}
