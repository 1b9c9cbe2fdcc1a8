package sckd.savedmodel;

import static com.google.common.base.Preconditions.checkArgument;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import sckd.UserException;
import sckd.files.AtomicFile;

/**
 * What a SavedModel does not say of itself, kept in {@code assets.extra/sckd.json} of a model that we imported or made.
 *
 * @param origin where it came from: a path, or the zoo's architecture; empty where unknown
 * @param sha256 of the source as it was, in hex; empty where unknown
 * @param settings how the model is to be read; none of them trusts an op
 * @param accuracy its top-1, more than 0 to 1, on the test images of data sets, by their names
 */
public record ModelCard(String origin, String sha256, ModelSettings settings, Map<String, Double> accuracy) {
    public static final ModelCard EMPTY = new ModelCard("", "", ModelSettings.NONE);

    private static final ObjectMapper JSON = new ObjectMapper();

    public ModelCard {
        settings = settings.withoutTrust();
        accuracy = ImmutableMap.copyOf(accuracy);
        accuracy.forEach((data, top1) ->
                checkArgument(top1 > 0 && top1 <= 1, "accuracy on %s is %s; expected more than 0 to 1", data, top1));
    }

    /** Of a model whose accuracy is not known. */
    public ModelCard(String origin, String sha256, ModelSettings settings) {
        this(origin, sha256, settings, Map.of());
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
            return ModelCardJson.read(JSON.readTree(ModelFile.read(path)));
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
        var card = ModelCardJson.write(this, JSON.createObjectNode());
        var text = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(card) + "\n";
        AtomicFile.write(path, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Keeps in the card of a model that is to be trained what is stated of it; where the card says so already, the model stays as it is. Its accuracy
     * will be another one.
     */
    public static void keep(ModelSettings stated, Path model) throws IOException {
        var card = read(model);
        var more = new ModelCard(card.origin, card.sha256, stated.or(card.settings));
        if (!more.equals(card)) {
            more.write(model);
        }
    }
}
