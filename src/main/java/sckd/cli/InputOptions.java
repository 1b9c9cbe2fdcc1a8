package sckd.cli;

import java.util.Optional;
import picocli.CommandLine.Option;
import sckd.UserException;
import sckd.data.Normalization;

/** How a model's input is scaled, for every command that asks. */
final class InputOptions {
    @Option(
            names = "--mean",
            paramLabel = "RGB",
            converter = Channels.Converter.class,
            description = "Mean of each channel, 0 to 1, such as .485,.456,.406:"
                    + " the model's input is (pixel / 255 - mean) / std.")
    private Channels mean;

    @Option(
            names = "--std",
            paramLabel = "RGB",
            converter = Channels.Converter.class,
            description = "Standard deviation of each channel, in the same units.")
    private Channels std;

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
            return Optional.of(new Normalization(mean.values(), std.values()));
        } catch (IllegalArgumentException e) {
            throw new UserException("--mean and --std: " + e.getMessage(), e);
        }
    }
}
