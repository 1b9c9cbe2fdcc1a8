package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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

        var known = new ModelCard("a.zip", "00", ModelSettings.NONE, Map.of("cifar10", .9339, "mnist", 1.0));
        known.write(model);
        assertThat(ModelCard.read(model)).isEqualTo(known);

        ModelCard.EMPTY.write(model);
        assertThat(ModelCard.read(model)).isEqualTo(ModelCard.EMPTY);
    }

    @Test
    void keepsAllSettingsButTrust() throws IOException {
        new ModelCard("a", "b", ModelSettingsTest.ALL).write(model);
        assertThat(ModelCard.read(model)).isEqualTo(new ModelCard("a", "b", ModelSettingsTest.ALL.withoutTrust()));
        assertThat(Files.readString(ModelCard.path(model))).doesNotContain("PyFunc");
    }

    @Test
    void onlyWhatIsNewIsWritten() throws IOException {
        var stated = ModelSettings.NONE.withBatchNormMomentum(.9f);
        ModelCard.keep(ModelSettings.NONE, model);
        assertThat(ModelCard.path(model)).doesNotExist();
        ModelCard.keep(stated.or(ModelSettingsTest.ALL), model);
        ModelCard.keep(stated, model);
        assertThat(ModelCard.read(model).settings())
                .isEqualTo(stated.or(ModelSettingsTest.ALL).withoutTrust());
    }

    @Test
    void theAccuracyOfAModelThatIsToBeTrainedIsForgotten() throws IOException {
        new ModelCard("a", "b", ModelSettings.NONE, Map.of("cifar10", .9)).write(model);
        ModelCard.keep(ModelSettings.NONE, model);
        assertThat(ModelCard.read(model)).isEqualTo(new ModelCard("a", "b", ModelSettings.NONE));
    }

    @Test
    void anOldCardIsRead() throws IOException {
        Files.createDirectories(ModelCard.path(model).getParent());
        Files.writeString(
                ModelCard.path(model),
                """
                {"origin": "a.zip", "sha256": "00", "input": {"mean": [0.5, 0.25], "std": [1, 0.5]},
                 "batchNormMomentum": 0.9, "classes": ["cat", "dog"]}""");
        var scaling = new Normalization(List.of(.5f, .25f), List.of(1f, .5f));
        assertThat(ModelCard.read(model))
                .isEqualTo(new ModelCard(
                        "a.zip",
                        "00",
                        ModelSettings.ofScaling(scaling)
                                .withBatchNormMomentum(.9f)
                                .withClasses(List.of("cat", "dog"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"trustedOps", "trust-ops", "TRUST_OPS"})
    void aModelCannotTrustItself(String key) throws IOException {
        assertRefused(
                "{\"" + key + "\": [\"PyFunc\"]}",
                ": has '" + key
                        + "': a model cannot trust its own ops; remove the key and state it yourself (--trust-ops)");
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
                ": unknown key 'origni'; known: [accuracy, batchNormMomentum, classes, input, origin, output, sha256, signature, tags]");
        assertRefused(
                "{\"input\": {\"sclae\": 1}}",
                ": input unknown key 'sclae'; known: [channels, layout, mean, name, others, scale, size, std]");
        assertRefused("{\"input\": {\"size\": [3]}}", ": input size is not [height, width]");
        assertRefused("{\"input\": {\"layout\": \"HWC\"}}", ": input layout is not one of [NHWC, NCHW]");
        assertRefused("{\"input\": {\"others\": [1]}}", ": input others is no JSON object");
        assertRefused("{\"input\": {\"others\": {\"place\": true}}}", ": input others 'place' is not a number");
        assertRefused("{\"signature\": 3}", ": signature is not a text");
        assertRefused("{\"batchNormMomentum\": \"high\"}", ": batchNormMomentum is not a number");
        assertRefused("{\"classes\": 10}", ": classes is not a list");
        assertRefused("{\"accuracy\": 0.9}", ": accuracy is no JSON object");
        assertRefused("{\"accuracy\": {\"mnist\": \"high\"}}", ": accuracy 'mnist' is not a number");
        assertRefused("{\"accuracy\": {\"mnist\": 93}}", ": accuracy on mnist is 93.0; expected more than 0 to 1");
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
