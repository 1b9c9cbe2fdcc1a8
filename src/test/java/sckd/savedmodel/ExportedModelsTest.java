package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sckd.Shared;
import sckd.UserException;
import sckd.files.TreeCopy;
import sckd.savedmodel.ModelImport.Existing;

/** What an export leaves as it was, of models that strangers made; and where it does not write. */
class ExportedModelsTest {
    private static final Set<String> NEW = Set.of("variables", "fingerprint.pb");

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "resnet20-cifar10",
                "wild/keras3-digits",
                "wild/tf1-cifar",
                "wild/module-ondevice",
                "wild/keras2-kws-dscnn"
            })
    void onlyTheTrainedValuesDiffer(String name) throws IOException {
        var model = ClassifierModel.read(Shared.require("models/" + name));
        var target = directory.resolve("student");
        var digest = ModelDigest.of(model.directory());
        StudentExport.write(model, train(model), "student", target);

        assertThat(ModelDigest.of(model.directory())).isEqualTo(digest);
        var before = files(model.directory());
        var after = files(target);
        assertThat(after.keySet()).isEqualTo(before.keySet());
        for (var file : before.keySet()) {
            assertThat(after.get(file)).as(file).hasSameBinaryContentAs(before.get(file));
        }
        assertThat(target.resolve("fingerprint.pb")).doesNotExist();
        assertSameCheckpoint(model, target);
    }

    /** An entry's checksum stands for its bytes. */
    private static void assertSameCheckpoint(ClassifierModel model, Path target) {
        var before = Checkpoint.find(model.directory()).orElseThrow().entries();
        var after = Checkpoint.find(target).orElseThrow().entries();
        var trained = new HashSet<String>();
        model.variables().stream()
                .filter(ModelVariable::trainable)
                .forEach(variable -> trained.addAll(variable.keys()));
        assertThat(trained).isNotEmpty();
        assertThat(after.keySet()).isEqualTo(before.keySet());
        before.forEach((key, entry) -> {
            var now = after.get(key);
            assertThat(now.getDtype()).as(key).isEqualTo(entry.getDtype());
            assertThat(now.getShape()).as(key).isEqualTo(entry.getShape());
            assertThat(now.getSize()).as(key).isEqualTo(entry.getSize());
            assertThat(now.getCrc32C() == entry.getCrc32C()).as(key).isNotEqualTo(trained.contains(key));
        });
        DataChecksums.check(Checkpoint.find(target).orElseThrow(), after.keySet());
    }

    /** Moves every trained variable a little. */
    private Path train(ClassifierModel model) {
        var checkpoint = directory.resolve("checkpoint");
        TrainedCheckpoint.write(model, checkpoint, (tf, variables) -> variables.trainable().stream()
                .map(variable -> variable.buildAssign(tf, tf.math.add(variable.value(), tf.constant(.01f))))
                .toList());
        return checkpoint;
    }

    private static Map<String, Path> files(Path model) {
        var files = new TreeMap<String, Path>();
        for (var path : TreeCopy.list(model)) {
            var relative = model.relativize(path);
            if (Files.isRegularFile(path) && !NEW.contains(relative.getName(0).toString())) {
                files.put(relative.toString(), path);
            }
        }
        return files;
    }

    @Test
    void theModelItselfIsNoPlaceForIt() throws IOException {
        var model = BatchNormModel.writeFused(directory.resolve("models/original"));
        var digest = ModelDigest.of(model.directory());
        var checkpoint = train(model);
        var original = model.directory();
        var link = Files.createSymbolicLink(directory.resolve("link"), original);
        for (var target : List.of(original, original.resolve("inside"), link, link.resolve("inside"))) {
            assertRefused(
                    model,
                    checkpoint,
                    target,
                    target + ": lies in the model that it would be made of, " + original
                            + "; expected a place outside of it");
        }
        var around = original.getParent();
        assertRefused(
                model,
                checkpoint,
                around,
                around + ": holds the model that it would be made of, " + original + "; expected another place");
        assertThat(ModelDigest.of(original)).isEqualTo(digest);
    }

    private static void assertRefused(ClassifierModel model, Path checkpoint, Path target, String message) {
        for (var existing : Existing.values()) {
            assertThatThrownBy(() -> StudentExport.write(model, checkpoint, "student", target, existing))
                    .isInstanceOf(UserException.class)
                    .hasMessage(message);
        }
    }

    @Test
    void aModelIsReplacedWhereAskedToAndNothingElse() throws IOException {
        var model = ClassifierModel.read(FuzzModels.writeFunctions(directory.resolve("original")));
        var checkpoint = train(model);
        var target = directory.resolve("student");
        StudentExport.write(model, checkpoint, "student", target);
        Files.writeString(target.resolve("old"), "old");

        assertThatThrownBy(() -> StudentExport.write(model, checkpoint, "student", target))
                .isInstanceOf(UserException.class)
                .hasMessage(target + ": a model is there already; name another place or replace it (--replace)");
        assertThat(target.resolve("old")).exists();
        StudentExport.write(model, checkpoint, "student", target, Existing.REPLACE);
        assertThat(target.resolve("old")).doesNotExist();
        assertThat(ClassifierModel.read(target).variables()).isEqualTo(model.variables());

        var other = Files.createDirectories(directory.resolve("other"));
        Files.writeString(other.resolve("mine"), "mine");
        assertThatThrownBy(() -> StudentExport.write(model, checkpoint, "student", other, Existing.REPLACE))
                .isInstanceOf(UserException.class)
                .hasMessage(other + ": exists already; expected a new or empty directory: name another or remove it");
    }

    @Test
    void whatCannotBeWrittenLeavesTheOldModel() throws IOException {
        var model = ClassifierModel.read(FuzzModels.writeFunctions(directory.resolve("original")));
        var target = directory.resolve("student");
        StudentExport.write(model, train(model), "student", target);
        var digest = ModelDigest.of(target);

        assertThatThrownBy(() -> StudentExport.write(
                        model, directory.resolve("no-checkpoint"), "student", target, Existing.REPLACE))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(target + ": cannot be written: ")
                .hasMessageEndingWith("; what was there stays");
        assertThat(ModelDigest.of(target)).isEqualTo(digest);

        var file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> StudentExport.write(model, train(model), "student", file.resolve("student")))
                .isInstanceOf(UserException.class)
                .message()
                .startsWith(file.resolve("student") + ": cannot be written: ")
                .endsWith("; nothing was left there")
                .doesNotContain("\n");
    }

    /** Its loader restores other types than its variables have; we do not need that part, and a student's users do. */
    @Test
    void aModelThatNobodyCanLoadIsNotHandedOut() {
        var place = directory.resolve("original");
        var program = SmallModel.graphMode();
        program.getGraphDefBuilder().addNode(GraphText.node("odd", "Relu", "save/keys"));
        SmallModel.write(place, program.build());
        SmallModel.writeGraphModeCheckpoint(place);
        var model = ClassifierModel.read(place);
        var target = directory.resolve("student");
        assertThatThrownBy(() -> StudentExport.write(model, train(model), "student", target))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(place + ": TensorFlow's own loader does not take this model, as it came: ");
        assertThat(target).doesNotExist();
    }
}
