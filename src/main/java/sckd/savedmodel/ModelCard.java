package sckd.savedmodel;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import sckd.data.Normalization;

/**
 * What a SavedModel does not say of itself, kept in {@code assets.extra/sckd.json} of a model that we imported or made.
 *
 * @param origin where it came from: a path, or the zoo's architecture; empty where unknown
 * @param sha256 of the source as it was, in hex; empty where unknown
 * @param input its input scaling
 * @param batchNormMomentum of the moving averages, for training: {@code moving ← momentum·moving + (1 − momentum)·batch}
 * @param classes the names of its outputs, in order; empty where unknown
 */
public record ModelCard(
        String origin,
        String sha256,
        Optional<Normalization> input,
        Optional<Float> batchNormMomentum,
        List<String> classes) {
    public static final ModelCard EMPTY = new ModelCard("", "", Optional.empty(), Optional.empty(), List.of());

    /** Writes {@code assets.extra/sckd.json} of the model in {@code directory}. */
    public void write(Path directory) throws IOException {
        var json = new ObjectMapper().createObjectNode();
        json.put("origin", origin).put("sha256", sha256);
        input.ifPresent(scaling -> {
            var object = json.putObject("input");
            scaling.mean().forEach(object.putArray("mean")::add);
            scaling.std().forEach(object.putArray("std")::add);
        });
        batchNormMomentum.ifPresent(momentum -> json.put("batchNormMomentum", momentum));
        classes.forEach(json.putArray("classes")::add);
        var file = directory.resolve("assets.extra").resolve("sckd.json");
        Files.createDirectories(file.getParent());
        Files.writeString(file, json.toPrettyString() + "\n");
    }
}
