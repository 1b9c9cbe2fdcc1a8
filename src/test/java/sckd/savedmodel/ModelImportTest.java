package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sckd.archive.PackedArchive.file;
import static sckd.savedmodel.ModelImport.Existing.REFUSE;
import static sckd.savedmodel.ModelImport.Existing.REPLACE;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sckd.Shared;
import sckd.UserException;
import sckd.archive.PackedArchive;
import sckd.data.Normalization;

class ModelImportTest {
    private static final Normalization SCALING =
            new Normalization(List.of(.485f, .456f, .406f), List.of(.229f, .224f, .225f));

    @TempDir
    Path folder;

    private Path source;
    private Path target;

    @BeforeEach
    void makeAModel() throws IOException {
        source = TinyClassifier.write(folder.resolve("source"), 3);
        target = folder.resolve("savedmodels/tiny");
    }

    private ImportedModel run(Path from, ModelSettings stated) {
        return new ModelImport(from, target, stated, REFUSE).run();
    }

    private ImportedModel run(Path from, ModelImport.Existing existing) {
        return new ModelImport(from, target, ModelSettings.NONE, existing).run();
    }

    private static void assertRefused(ModelImport modelImport, String message) {
        assertThatThrownBy(modelImport::run).isInstanceOf(UserException.class).hasMessage(message);
        assertThat(modelImport.target()).doesNotExist();
        if (Files.exists(modelImport.target().getParent())) {
            assertThat(modelImport.target().getParent()).isEmptyDirectory();
        }
    }

    private ModelImport importOf(Path from) {
        return new ModelImport(from, target, ModelSettings.NONE, REFUSE);
    }

    private static List<String> files(Path directory) throws IOException {
        try (var walk = Files.walk(directory)) {
            return walk.filter(Files::isRegularFile)
                    .map(path -> directory.relativize(path).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void copiesADirectoryAndRecordsWhatItDoesNotSay() throws IOException {
        var imported = run(source, ModelSettings.ofScaling(SCALING).withClasses(List.of("cat", "dog", "eel")));
        assertThat(files(target)).containsExactly("assets.extra/sckd.json", "assets/about.txt", "saved_model.pb");
        assertThat(target.resolve("saved_model.pb")).hasSameBinaryContentAs(source.resolve("saved_model.pb"));
        assertThat(target.resolve("assets/about.txt")).hasContent("tiny");
        var card = new ModelCard(
                source.toString(),
                ModelDigest.ofDirectory(source),
                ModelSettings.ofScaling(SCALING).withClasses(List.of("cat", "dog", "eel")));
        assertThat(ModelCard.read(target)).isEqualTo(card);
        assertThat(imported.model().card()).isEqualTo(card);
        assertThat(imported.model().directory()).isEqualTo(target);
        assertThat(imported.classes()).isEqualTo(3);
        assertThat(files(source)).containsExactly("assets/about.txt", "saved_model.pb");
    }

    @Test
    void unpacksAnArchiveAndRecordsItsDigest() throws IOException {
        var archive = PackedArchive.zip(folder.resolve("tiny.zip"), zip -> {
            zip.putArchiveEntry(new ZipArchiveEntry("a/saved_model.pb"));
            zip.write(TinyClassifier.program(3));
            zip.closeArchiveEntry();
        });
        run(archive, REFUSE);
        assertThat(files(target)).containsExactly("assets.extra/sckd.json", "saved_model.pb");
        assertThat(ModelCard.read(target))
                .isEqualTo(new ModelCard(
                        archive.toString(),
                        Hashing.sha256().hashBytes(Files.readAllBytes(archive)).toString(),
                        ModelSettings.NONE));
    }

    @Test
    void keepsWhatTheSourcesCardSaysUnlessStatedAnew() throws IOException {
        var scaling = new Normalization(List.of(.5f, .5f, .5f), List.of(.5f, .5f, .5f));
        var rest = ModelSettings.NONE.withBatchNormMomentum(.9f).withClasses(List.of("x", "y", "z"));
        new ModelCard("zoo", "ab", rest.withInput(InputSettings.ofScaling(scaling))).write(source);
        var digest = ModelDigest.ofDirectory(source);
        run(source, ModelSettings.ofScaling(SCALING));
        assertThat(ModelCard.read(target))
                .isEqualTo(new ModelCard(source.toString(), digest, rest.withInput(InputSettings.ofScaling(SCALING))));
    }

    @Test
    void refusesANameThatIsTaken() throws IOException {
        run(source, REFUSE);
        Files.writeString(target.resolve("mine"), "kept");
        assertThatThrownBy(() -> run(source, REFUSE))
                .isInstanceOf(UserException.class)
                .hasMessage(target + ": a model is there already; choose another name or replace it (--replace)");
        assertThat(target.resolve("mine")).hasContent("kept");
    }

    @Test
    void replacesAModelWhereAskedTo() throws IOException {
        run(source, REFUSE);
        Files.writeString(target.resolve("old"), "old");
        var other = TinyClassifier.write(folder.resolve("other"), 5);
        run(other, REPLACE);
        assertThat(files(target.getParent()))
                .containsExactly("tiny/assets.extra/sckd.json", "tiny/assets/about.txt", "tiny/saved_model.pb");
        assertThat(target.resolve("saved_model.pb")).hasSameBinaryContentAs(other.resolve("saved_model.pb"));
    }

    @Test
    void keepsTheOldModelWhenTheNewIsRefused() throws IOException {
        run(source, REFUSE);
        var bad = Files.createDirectory(folder.resolve("bad"));
        Files.writeString(bad.resolve("saved_model.pb"), "no protobuf");
        assertThatThrownBy(() -> run(bad, REPLACE)).isInstanceOf(UserException.class);
        assertThat(files(target.getParent()))
                .containsExactly("tiny/assets.extra/sckd.json", "tiny/assets/about.txt", "tiny/saved_model.pb");
    }

    @Test
    void replacesNothingThatIsNoModel() throws IOException {
        Files.writeString(Files.createDirectories(target).resolve("thesis.txt"), "kept");
        assertThatThrownBy(() -> run(source, REPLACE))
                .isInstanceOf(UserException.class)
                .hasMessage(target + ": exists already; expected a new or empty directory: name another or remove it");
        assertThat(target.resolve("thesis.txt")).hasContent("kept");
    }

    @Test
    void aModelOntoItselfGetsANewCardAndKeepsItsOrigin() throws IOException {
        var first = run(source, REFUSE).model().card();
        var again = new ModelImport(target, target, ModelSettings.ofScaling(SCALING), REPLACE).run();
        assertThat(again.model().card())
                .isEqualTo(new ModelCard(first.origin(), first.sha256(), ModelSettings.ofScaling(SCALING)));
    }

    @Test
    void refusesATargetWithinTheSource() {
        target = source.resolve("savedmodels/tiny");
        assertThatThrownBy(() -> run(source, REFUSE))
                .isInstanceOf(UserException.class)
                .hasMessage("%s: lies in the source %s; expected a place outside of it".formatted(target, source));
        assertThat(source.resolve("savedmodels")).doesNotExist();
    }

    @Test
    void namesTheUsersDirectoryWhenItIsRefused() throws IOException {
        Files.writeString(source.resolve("saved_model.pb"), "no protobuf");
        assertThatThrownBy(() -> run(source, REFUSE))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(source.resolve("saved_model.pb").toString())
                .hasMessageNotContaining("partial");
        assertThat(target.getParent()).isEmptyDirectory();
    }

    @Test
    void namesTheArchiveAndThePlaceInItWhenTheModelIsRefused() throws IOException {
        var archive =
                PackedArchive.tarGz(folder.resolve("bad.tgz"), tar -> file(tar, "a/b/saved_model.pb", "no protobuf"));
        assertThatThrownBy(() -> run(archive, REFUSE))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(archive + "!/a/b/saved_model.pb");
        assertThat(target.getParent()).isEmptyDirectory();
    }

    @Test
    void leavesNothingOfAHostileArchive() throws IOException {
        var archive = PackedArchive.tarGz(folder.resolve("evil.tgz"), tar -> {
            file(tar, "saved_model.pb", "program");
            file(tar, "../../../evil", "evil");
        });
        assertRefused(
                importOf(archive),
                archive + ": entry '../../../evil' leads out by '..'; expected the model's plain files and directories:"
                        + " pack them anew");
    }

    @Test
    void refusesAnotherNumberOfClasses() throws IOException {
        assertRefused(
                new ModelImport(source, target, ModelSettings.NONE.withClasses(List.of("cat", "dog")), REFUSE),
                source + "/saved_model.pb: classes has 2 names; the model's logits 'logits:0' are for 3 classes");
    }

    @Test
    void refusesAScalingOfAnotherNumberOfChannels() {
        var scaling = new Normalization(List.of(.5f, .5f, .5f, .5f), List.of(.5f));
        assertRefused(
                new ModelImport(source, target, ModelSettings.ofScaling(scaling), REFUSE),
                source
                        + "/saved_model.pb: mean and std have 4 values; expected one for each channel of the input 'images' [?, 2, 2, 3]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet56-cifar10", "a", "v1.2_B"})
    void takesPlainNames(String name) {
        assertThatCode(() -> ModelImport.checkName(name)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", ".hidden", "-x", "a/b", "a\\b", "C:", "a b", "../a"})
    void refusesNamesThatAreNotPlain(String name) {
        assertThatThrownBy(() -> ModelImport.checkName(name))
                .isInstanceOf(UserException.class)
                .hasMessage("model name '" + name
                        + "': expected letters, digits, '.', '_' or '-', a letter or digit first, at most 100");
    }

    @Test
    void bringsInRealModels() throws IOException {
        var shared = Shared.require("models");
        for (var name : List.of("resnet20-cifar10", "resnet32-cifar10")) {
            var model = shared.resolve(name);
            var imported = run(model, REPLACE);
            assertThat(imported.classes()).isEqualTo(10);
            assertThat(imported.inspection().withoutGradient()).isEmpty();
            for (var file : files(model)) {
                assertThat(target.resolve(file)).hasSameBinaryContentAs(model.resolve(file));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lfs-pointers", "missing-shard"})
    void leavesNothingOfABrokenModel(String name) throws IOException {
        var broken = Shared.require("models/broken").resolve(name);
        assertThatThrownBy(() -> run(broken, REFUSE))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(broken.toString());
        assertThat(target.getParent()).isEmptyDirectory();
    }
}
