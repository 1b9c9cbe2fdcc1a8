package sckd.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/** What two runs of one training left, to the bit. */
final class Bits {
    private Bits() {}

    /** Steps, the exported values and the newest checkpoint. */
    static void assertSame(RunDirectory one, RunDirectory other) {
        assertThat(other.path().resolve("steps.jsonl"))
                .hasSameTextualContentAs(one.path().resolve("steps.jsonl"));
        assertThat(values(other.student())).hasSameBinaryContentAs(values(one.student()));
        assertThat(newest(other)).hasSameBinaryContentAs(newest(one));
    }

    /** The values of a SavedModel. */
    static Path values(Path model) {
        return model.resolve("variables/variables.data-00000-of-00001");
    }

    private static Path newest(RunDirectory run) {
        try (var checkpoints = Files.list(run.path().resolve("checkpoints"))) {
            return checkpoints
                    .sorted()
                    .reduce((first, last) -> last)
                    .orElseThrow()
                    .resolve("variables.data-00000-of-00001");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks a run to stop after so many steps. */
    static BooleanSupplier stopAfter(int steps) {
        return new BooleanSupplier() {
            private int done;

            @Override
            public boolean getAsBoolean() {
                return ++done == steps;
            }
        };
    }
}
