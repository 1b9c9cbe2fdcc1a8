package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.UserException;
import sckd.data.Normalization;

class ModelCardTest {
    @TempDir
    Path model;

    @Test
    void readsWhatItWrote() throws IOException {
        var card = new ModelCard(
                "https://example.org/résumé.zip",
                "00ff",
                ModelSettings.ofScaling(new Normalization(List.of(.485f, .456f, .406f), List.of(.229f, .224f, .225f)))
                        .withBatchNormMomentum(.9f)
                        .withClasses(List.of("cat", "dog")));
        card.write(model);
        assertThat(ModelCard.read(model)).isEqualTo(card);

        ModelCard.EMPTY.write(model);
        assertThat(ModelCard.read(model)).isEqualTo(ModelCard.EMPTY);
    }

    @Test
    void aModelWithoutOneHasTheEmptyOne() {
        assertThat(ModelCard.read(model)).isEqualTo(ModelCard.EMPTY);
    }

    @Test
    void numbersAreWrittenShort() throws IOException {
        new ModelCard("", "", ModelSettings.NONE.withBatchNormMomentum(.1f)).write(model);
        assertThat(Files.readString(ModelCard.path(model))).contains("\"batchNormMomentum\" : 0.1,");
    }

    @Test
    void faultsNameTheFile() throws IOException {
        assertRefused("{\"origin\"", " is no JSON: Unexpected end-of-input");
        assertRefused("[]", ": is no JSON object");
        assertRefused(
                "{\"origni\": \"x\"}",
                ": unknown key 'origni'; known: [batchNormMomentum, classes, input, origin, output, sha256, signature, tags]");
        assertRefused("{\"batchNormMomentum\": \"high\"}", ": batchNormMomentum is not a number");
        assertRefused("{\"classes\": 10}", ": classes is not a list");
        assertRefused("{\"input\": {\"mean\": [0]}}", ": input std is missing; without a scale it goes with mean");
        assertRefused("{\"input\": {\"mean\": [0], \"std\": [0]}}", ": input std is 0.0; expected more than 0");
    }

    private void assertRefused(String json, String message) throws IOException {
        Files.createDirectories(ModelCard.path(model).getParent());
        Files.writeString(ModelCard.path(model), json);
        assertThatThrownBy(() -> ModelCard.read(model))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(ModelCard.path(model) + message);
    }
}
