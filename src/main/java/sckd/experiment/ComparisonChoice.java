package sckd.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import sckd.UserException;
import sckd.files.IoReason;

/**
 * What a comparison was last asked for beside its experiment, kept as {@code comparison.json}, so that it goes on without being told again.
 *
 * @param baseline the method that the others are compared with
 */
record ComparisonChoice(List<Long> seeds, String baseline) {
    private static final JsonMapper MAPPER = new JsonMapper();

    static Optional<ComparisonChoice> find(Path comparison) {
        var file = fileIn(comparison);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(MAPPER.readValue(file.toFile(), ComparisonChoice.class));
        } catch (IOException e) {
            throw new UserException(
                    "%s: no readable choice of seeds and baseline: %s; remove it and name them with --seeds and --baseline"
                            .formatted(file, IoReason.of(e)),
                    e);
        }
    }

    void write(Path comparison) {
        try {
            RunDirectory.write(fileIn(comparison), MAPPER.writeValueAsBytes(this));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e); // a record of numbers and a text
        }
    }

    private static Path fileIn(Path comparison) {
        return comparison.resolve("comparison.json");
    }
}
