package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import sckd.UserException;

class SavedModelFileTest {
    @TempDir
    Path directory;

    @Test
    void takesTheMetaGraphForServing() throws IOException {
        var training = MetaGraphDef.newBuilder();
        training.getMetaInfoDefBuilder().addTags("train");
        var serving = SmallModel.metaGraph(GraphText.graph(java.util.List.of(), GraphText.placeholder("x")));
        Files.write(
                directory.resolve("saved_model.pb"),
                SavedModel.newBuilder()
                        .addMetaGraphs(training)
                        .addMetaGraphs(serving)
                        .build()
                        .toByteArray());

        assertThat(SavedModelFile.read(directory, Optional.empty()).metaGraph()).isEqualTo(serving.build());
    }

    @Test
    void aMissingDirectoryIsNamed() {
        var lost = directory.resolve("lost");
        assertRefused(lost, lost + " does not exist; expected a SavedModel directory, which holds saved_model.pb");
    }

    @Test
    void aFileIsNoModel() throws IOException {
        var file = Files.createFile(directory.resolve("model.h5"));
        assertRefused(file, file + " is a file; expected a SavedModel directory, which holds saved_model.pb");
    }

    @Test
    void aModelOneLevelBelowIsPointedAt() throws IOException {
        assertRefused(directory, directory + " holds no saved_model.pb; expected a SavedModel directory");
        var version = Files.createDirectories(directory.resolve("1"));
        Files.createFile(version.resolve("saved_model.pb"));
        assertRefused(
                directory,
                directory + " holds no saved_model.pb; expected a SavedModel directory; there is one in " + version);
    }

    @Test
    void garbageIsRefused() throws IOException {
        var path = directory.resolve("saved_model.pb");
        Files.writeString(path, "once upon a time");
        assertRefused(
                directory,
                path + " is no SavedModel: it cannot be parsed as a protobuf; it may be damaged or cut short");
        Files.write(path, new byte[0]);
        assertRefused(directory, path + ": no meta graph has the tag 'serve'; it holds no meta graph");
    }

    @Test
    void aPointerIsToldFromAModel() throws IOException {
        var path = directory.resolve("saved_model.pb");
        Files.writeString(path, "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 100000\n");
        assertRefused(
                directory, path + " is a Git LFS pointer, not the file it stands for; fetch it with 'git lfs pull'");
    }

    @Test
    void theTagsThatAreThereAreListed() {
        var training = MetaGraphDef.newBuilder();
        training.getMetaInfoDefBuilder().addTags("train").addTags("gpu");
        var other = MetaGraphDef.newBuilder();
        other.getMetaInfoDefBuilder().addTags("train");
        write(training, other);
        assertRefused(
                directory,
                directory.resolve("saved_model.pb")
                        + ": which meta graph to use is open; it holds [train, gpu], [train]: state `tags` of one of them");
    }

    @Test
    void servingDefaultIsTheSignatureToUse() {
        var signature = SmallModel.signature(Map.of("in", "x:0"), Map.of("out", "y:0"));
        var file = fileWith(Map.of("another", signature, "serving_default", signature));
        assertThat(SignatureChoice.choose(file, ModelSettings.NONE).name()).isEqualTo("serving_default");
    }

    @Test
    void theOnlyOneThatPredictsIsUsed() {
        var signature = SmallModel.signature(Map.of("in", "x:0"), Map.of("out", "y:0"));
        var other = signature.toBuilder()
                .setMethodName("tensorflow/serving/classify")
                .build();
        var file = fileWith(Map.of("infer", signature, "classify", other, "__saved_model_init_op", signature));

        var chosen = SignatureChoice.choose(file, ModelSettings.NONE);
        assertThat(chosen.name()).isEqualTo("infer");
        assertThat(chosen.inputs().get("in").name()).isEqualTo(new TensorName("x", 0));
        assertThat(chosen.inputs().get("in").shape().asArray()).containsExactly(-1, 4, 4, 1);
    }

    @Test
    void theOnlyOneThatClassifiesIsUsed() {
        var infer = signature(Map.of("x", info(-1, 28, 28)), Map.of("logits", info(-1, 10)));
        var training = signature(
                Map.of("x", info(-1, 28, 28), "y", info(-1, 10)), Map.of("loss", info(), "predicted", info(-1, 10)));
        var path = TensorInfo.newBuilder()
                .setName("path:0")
                .setDtype(DataType.DT_STRING)
                .build();
        var restoring = signature(Map.of("path", path), Map.of("kernel", info(-1, 10)));
        var measuring = signature(Map.of("x", info(-1, 28, 28)), Map.of("score", info(-1, 1)));

        var file = fileWith(Map.of("infer", infer, "train", training, "restore", restoring, "measure", measuring));
        assertThat(SignatureChoice.choose(file, ModelSettings.NONE).name()).isEqualTo("infer");
    }

    @Test
    void logitsAreUsedRatherThanProbabilities() {
        var images = Map.of("x", info(-1, 28, 28, 1));
        var file = fileWith(Map.of(
                "classify", signature(images, Map.of("probabilities", info(-1, 10))),
                "features", signature(images, Map.of("layer", info(-1, 64))),
                "scores", signature(images, Map.of("logits", info(-1, 10)))));
        assertThat(SignatureChoice.choose(file, ModelSettings.NONE).name()).isEqualTo("scores");
    }

    private void write(MetaGraphDef.Builder... metaGraphs) {
        var model = SavedModel.newBuilder();
        Stream.of(metaGraphs).forEach(model::addMetaGraphs);
        try {
            Files.write(directory.resolve("saved_model.pb"), model.build().toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aSignatureForTrainingIsNotTheClassifier() {
        var signature = SmallModel.signature(Map.of("in", "x:0"), Map.of("out", "y:0"));
        var file = fileWith(Map.of("infer", signature, "train", signature));
        assertThat(SignatureChoice.choose(file, ModelSettings.NONE).name()).isEqualTo("infer");
    }

    private static SignatureDef signature(Map<String, TensorInfo> inputs, Map<String, TensorInfo> outputs) {
        return SignatureDef.newBuilder()
                .setMethodName("tensorflow/serving/predict")
                .putAllInputs(inputs)
                .putAllOutputs(outputs)
                .build();
    }

    private static TensorInfo info(long... shape) {
        return SmallModel.info("tensor:0", shape);
    }

    @Test
    void signaturesAreListedWhereNoneIsPlain() {
        var signature = SmallModel.signature(Map.of("in", "x:0"), Map.of("out", "y:0"));
        var file = fileWith(Map.of("infer", signature, "predict", signature));
        assertThatThrownBy(() -> SignatureChoice.choose(file, ModelSettings.NONE))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "model: no signature to use; expected 'serving_default' or exactly one from images to"
                                + " float [batch, classes]; it has infer (in -> out), predict (in -> out); state `signature`, the name of one");
        assertThatThrownBy(() -> SignatureChoice.choose(fileWith(Map.of()), ModelSettings.NONE))
                .hasMessage("model: no signature to use; expected 'serving_default' or exactly one from images to"
                        + " float [batch, classes]; it has none");
    }

    @Test
    void aTensorThatIsNotDenseIsRefused() {
        var sparse = TensorInfo.newBuilder()
                .setCooSparse(TensorInfo.CooSparse.newBuilder().setValuesTensorName("v:0"));
        var signature = SmallModel.signature(Map.of(), Map.of()).toBuilder()
                .putInputs("in", sparse.build())
                .build();
        assertThatThrownBy(() -> Signature.readAll(fileWith(Map.of("infer", signature))))
                .isInstanceOf(UserException.class)
                .hasMessage("model: signature 'infer': 'in' is not a dense tensor; expected a dense one");
    }

    private static SavedModelFile fileWith(Map<String, org.tensorflow.proto.SignatureDef> signatures) {
        return new SavedModelFile(
                Path.of("model"),
                MetaGraphDef.newBuilder().putAllSignatureDef(signatures).build());
    }

    private static void assertRefused(Path directory, String message) {
        assertThatThrownBy(() -> SavedModelFile.read(directory, Optional.empty()))
                .isInstanceOf(UserException.class)
                .hasMessage(message);
    }
}
