package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static sckd.savedmodel.GraphText.variable;

import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.VariableDef;

/** The model is {@link SmallModel#graphMode}: scale, kernel, moving mean and variance. */
class TrainableVariablesTest {
    @TempDir
    private Path directory;

    private final MetaGraphDef.Builder metaGraph = SmallModel.graphMode();

    @Test
    void anEntryMayNameTheVariable() {
        assertThat(trainable(entry().setVariableName("net/kernel:0"))).containsExactly("net/kernel");
    }

    @Test
    void anEntryMayNameACopyOfTheVariable() {
        add(SmallModel.read("copy", "net/kernel"));
        add(GraphText.node("copy/again", "Identity", "copy"));

        assertThat(trainable(entry().setVariableName("gone:0").setSnapshotName("copy/again:0")))
                .containsExactly("net/kernel");
    }

    @Test
    void anEntryMayNameAnInitializerOfTheVariable() {
        add(GraphText.constant("initial", GraphText.floatScalar(1)));
        add(GraphText.node("net/kernel/Assign", "AssignVariableOp", "net/kernel", "initial"));

        assertThat(trainable(entry().setInitializerName("net/kernel/Assign"))).containsExactly("net/kernel");
    }

    /** As where a model was built three times over the same variables. */
    @Test
    void anEntryMayNameAnotherHandleOfTheVariable() {
        add(variable("net/kernel_1", 1, 2).toBuilder()
                .putAttr("shared_name", GraphText.string("net/kernel"))
                .build());

        assertThat(trainable(entry().setVariableName("net/kernel_1:0"))).containsExactly("net/kernel");
    }

    @Test
    void anEntryMayNameAVariableOfTheSameKey() {
        add(variable("master", 1, 2));
        add(GraphText.node("save/master", "AssignVariableOp", "master", "save/RestoreV2:" + indexOf("kernel")));
        alsoRestores("save/master");

        assertThat(trainable(entry().setVariableName("master:0"))).containsExactly("net/kernel");
    }

    @Test
    void aCollectionThatKnowsNoneOfTheVariablesIsPassedOver() {
        metaGraph.putCollectionDef("trainable_variables", collection(entry().setVariableName("other:0")));
        var model = read();

        assertThat(names(model)).containsExactly("net/scale", "net/kernel");
        assertThat(model.notes())
                .containsExactly("The collection 'trainable_variables' names no variable that the signature reads;"
                        + " all of a float type but the moving averages are trainable.");
        assertThat(Inspection.of(directory).notes()).containsAll(model.notes());
    }

    /** The program knows the variables, and says that none of them is trained. */
    @Test
    void aModelThatWasFrozenOnPurposeStaysFrozen() {
        metaGraph.putCollectionDef("variables", collection(entry().setVariableName("net/kernel:0")));

        assertThat(trainable()).isEmpty();
    }

    @Test
    void aMovingAverageIsNeverTrained() {
        assertThat(trainable(entry().setVariableName("net/mean:0"), entry().setVariableName("net/scale:0")))
                .containsExactly("net/scale");
    }

    /** A loader in graph mode restores one handle, and both are the same variable. */
    @Test
    void aHandleThatNothingRestoresIsBoundByItsOtherHandle() {
        replace("net/scale", node -> node.toBuilder()
                .putAttr("shared_name", GraphText.string("net/mean"))
                .build());
        replace("save/restore_all", node -> withoutControl(node, "^save/assign" + indexOf("scale")));

        assertThat(read().variables())
                .filteredOn(variable -> variable.handle().equals("net/scale"))
                .flatExtracting(ModelVariable::keys)
                .containsExactly("mean");
    }

    @Test
    void aHandleThatNothingRestoresIsBoundToTheKeyOfItsName() {
        replace("net/scale", node -> node.toBuilder()
                .putAttr("shared_name", GraphText.string("scale"))
                .build());
        replace("save/restore_all", node -> withoutControl(node, "^save/assign" + indexOf("scale")));

        assertThat(read().variables())
                .filteredOn(variable -> variable.handle().equals("net/scale"))
                .flatExtracting(ModelVariable::keys)
                .containsExactly("scale");
    }

    private static VariableDef.Builder entry() {
        return VariableDef.newBuilder();
    }

    private static CollectionDef collection(VariableDef.Builder... entries) {
        var collection = CollectionDef.newBuilder();
        for (var entry : entries) {
            collection.getBytesListBuilder().addValue(entry.build().toByteString());
        }
        return collection.build();
    }

    private List<String> trainable(VariableDef.Builder... entries) {
        metaGraph.putCollectionDef("trainable_variables", collection(entries));
        var model = read();
        assertThat(model.notes()).isEmpty();
        return names(model);
    }

    private static List<String> names(ClassifierModel model) {
        return model.variables().stream()
                .filter(ModelVariable::trainable)
                .map(ModelVariable::handle)
                .toList();
    }

    private ClassifierModel read() {
        SmallModel.write(directory, metaGraph.build());
        SmallModel.writeGraphModeCheckpoint(directory);
        return ClassifierModel.read(directory);
    }

    private void add(NodeDef node) {
        metaGraph.getGraphDefBuilder().addNode(node);
    }

    private void replace(String name, UnaryOperator<NodeDef> change) {
        var graph = metaGraph.getGraphDefBuilder();
        for (int i = 0; i < graph.getNodeCount(); i++) {
            if (graph.getNode(i).getName().equals(name)) {
                graph.setNode(i, change.apply(graph.getNode(i)));
            }
        }
    }

    private void alsoRestores(String assign) {
        replace(
                "save/restore_all",
                node -> node.toBuilder().addInput("^" + assign).build());
    }

    private static NodeDef withoutControl(NodeDef node, String input) {
        var inputs =
                node.getInputList().stream().filter(each -> !each.equals(input)).toList();
        return node.toBuilder().clearInput().addAllInput(inputs).build();
    }

    /** The place of a key among those that are restored. */
    private int indexOf(String key) {
        var keys = metaGraph.getGraphDef().getNodeList().stream()
                .filter(node -> node.getName().equals("save/keys"))
                .flatMap(node -> node.getAttrOrThrow("value").getTensor().getStringValList().stream())
                .map(bytes -> bytes.toStringUtf8())
                .toList();
        return keys.indexOf(key);
    }
}
