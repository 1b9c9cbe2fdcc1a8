package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.OpList;
import sckd.UserException;

class NewerProgramTest {
    private static final int OURS = ours();

    @TempDir
    private Path directory;

    private final MetaGraphDef.Builder metaGraph = SmallModel.graphMode();

    @Test
    void aProducerOfTheFutureIsTaken() {
        metaGraph
                .getGraphDefBuilder()
                .getVersionsBuilder()
                .setProducer(OURS + 500)
                .setMinConsumer(OURS);

        assertThat(read().variables()).hasSize(4);
    }

    @Test
    void aProgramForNewerReadersIsRefused() {
        metaGraph
                .getGraphDefBuilder()
                .getVersionsBuilder()
                .setProducer(OURS + 500)
                .setMinConsumer(OURS + 1);
        metaGraph.getMetaInfoDefBuilder().setTensorflowVersion("2.99.0");

        assertThatThrownBy(this::read)
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "%s: written by TensorFlow 2.99.0 for readers of graph version %d or newer; this TensorFlow, %s, reads as version %d: save the model with an older one"
                                .formatted(directory.resolve("saved_model.pb"), OURS + 1, TensorFlow.version(), OURS));
    }

    @Test
    void aProgramThatNamesThisReaderAsBadIsRefused() {
        metaGraph.getGraphDefBuilder().getVersionsBuilder().addBadConsumers(OURS);

        assertThatThrownBy(this::read)
                .isInstanceOf(UserException.class)
                .hasMessageContaining("for readers of graph version 0 or newer but for [" + OURS + "]");
    }

    /** In the main graph and in a function. */
    @Test
    void anAttributeOfTheFutureAtItsDefaultIsDropped() {
        declare("Softmax", "sharpness", 7);
        set("sharpness", 7);
        var metaGraph = NewerProgram.adapt(directory, this.metaGraph.build());

        assertThat(metaGraph.getGraphDef().getNodeList())
                .filteredOn(node -> node.getOp().equals("Softmax"))
                .allSatisfy(node -> assertThat(node.getAttrMap()).containsOnlyKeys("T"));
        var function = GraphText.function(
                "f",
                List.of("x"),
                List.of("y:softmax:0"),
                GraphText.node("y", "Softmax", "x").toBuilder()
                        .putAttr("sharpness", GraphText.integer(7))
                        .build());
        this.metaGraph.getGraphDefBuilder().getLibraryBuilder().addFunction(function);
        assertThat(NewerProgram.adapt(directory, this.metaGraph.build())
                        .getGraphDef()
                        .getLibrary()
                        .getFunction(0)
                        .getNodeDef(0)
                        .getAttrMap())
                .containsOnlyKeys("T");
        assertThat(read().variables()).hasSize(4);
    }

    @Test
    void anAttributeOfTheFutureThatSaysSomethingIsRefused() {
        declare("Softmax", "sharpness", 7);
        set("sharpness", 8);

        assertThatThrownBy(this::read)
                .isInstanceOf(UserException.class)
                .hasMessage(directory.resolve("saved_model.pb")
                        + ": node 'probabilities' (Softmax) has the attribute 'sharpness', which this TensorFlow, "
                        + TensorFlow.version() + ", does not know; save the model with an older one");
    }

    private void declare(String op, String attribute, long value) {
        var definition = OpDef.newBuilder()
                .setName(op)
                .addAttr(OpDef.AttrDef.newBuilder()
                        .setName(attribute)
                        .setType("int")
                        .setDefaultValue(GraphText.integer(value)));
        metaGraph.getMetaInfoDefBuilder().setStrippedOpList(OpList.newBuilder().addOp(definition));
    }

    private void set(String attribute, long value) {
        for (var node : metaGraph.getGraphDefBuilder().getNodeBuilderList()) {
            if (node.getOp().equals("Softmax")) {
                node.putAttr(attribute, GraphText.integer(value));
            }
        }
    }

    private ClassifierModel read() {
        SmallModel.write(directory, metaGraph.build());
        SmallModel.writeGraphModeCheckpoint(directory);
        return ClassifierModel.read(directory);
    }

    private static int ours() {
        try (var graph = new Graph()) {
            return graph.toGraphDef().getVersions().getProducer();
        }
    }
}
