package sckd.savedmodel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import sckd.UserException;
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

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> KEYS = Set.of("origin", "sha256", "input", "batchNormMomentum", "classes");

    public ModelCard {
        classes = List.copyOf(classes);
    }

    /** Where the card of a model lies. */
    public static Path path(Path model) {
        return model.resolve("assets.extra").resolve("sckd.json");
    }

    /**
     * Reads the card of a model; {@link #EMPTY} where it has none.
     *
     * @throws UserException if the file is not such a card
     */
    public static ModelCard read(Path model) {
        var path = path(model);
        if (!Files.exists(path)) {
            return EMPTY;
        }
        try {
            return fromJson(JSON.readTree(ModelFile.read(path)));
        } catch (JsonProcessingException e) {
            throw new UserException(path + " is no JSON: " + e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new UserException(path + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(path.toString(), e);
        }
    }

    /** Writes the card into a model's directory. */
    public void write(Path model) throws IOException {
        var path = path(model);
        Files.createDirectories(path.getParent());
        var text = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(toJson()) + "\n";
        Files.write(path, text.getBytes(StandardCharsets.UTF_8));
    }

    private ObjectNode toJson() {
        var card = JSON.createObjectNode().put("origin", origin).put("sha256", sha256);
        input.ifPresent(scaling -> {
            var node = card.putObject("input");
            scaling.mean().forEach(node.putArray("mean")::add);
            scaling.std().forEach(node.putArray("std")::add);
        });
        batchNormMomentum.ifPresent(momentum -> card.put("batchNormMomentum", momentum));
        classes.forEach(card.putArray("classes")::add);
        return card;
    }

    private static ModelCard fromJson(JsonNode card) {
        check(card.isObject(), "is no JSON object");
        var unknown = new TreeSet<String>();
        card.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(KEYS);
        check(
                unknown.isEmpty(),
                "unknown key '" + (unknown.isEmpty() ? "" : unknown.first()) + "'; known: " + new TreeSet<>(KEYS));
        var momentum = card.path("batchNormMomentum");
        check(momentum.isMissingNode() || momentum.isNumber(), "batchNormMomentum is not a number");
        var input = card.path("input");
        return new ModelCard(
                card.path("origin").asText(),
                card.path("sha256").asText(),
                input.isMissingNode()
                        ? Optional.empty()
                        : Optional.of(new Normalization(floats(input, "mean"), floats(input, "std"))),
                momentum.isMissingNode() ? Optional.empty() : Optional.of((float) momentum.asDouble()),
                strings(card.path("classes")));
    }

    private static List<Float> floats(JsonNode input, String key) {
        check(input.path(key) instanceof ArrayNode, "input." + key + " is missing; expected one number a channel");
        var values = new ArrayList<Float>();
        for (var value : input.path(key)) {
            check(value.isNumber(), "input." + key + " holds " + value + "; expected numbers");
            values.add((float) value.asDouble());
        }
        return values;
    }

    private static List<String> strings(JsonNode classes) {
        check(classes.isMissingNode() || classes.isArray(), "classes is not a list");
        var names = new ArrayList<String>();
        classes.forEach(name -> names.add(name.asText()));
        return names;
    }

    private static void check(boolean holds, String fault) {
        if (!holds) {
            throw new IllegalArgumentException(fault);
        }
    }
}
