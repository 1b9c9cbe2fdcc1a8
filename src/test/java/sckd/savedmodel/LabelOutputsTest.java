package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sckd.savedmodel.GraphText.constant;
import static sckd.savedmodel.GraphText.intScalar;
import static sckd.savedmodel.GraphText.ints;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.type;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import sckd.UserException;

/** The small model in graph mode with what names its classes. */
class LabelOutputsTest {
    private static final Map<String, AttrValue> IDS_TO_NAMES =
            Map.of("Tin", type(DataType.DT_INT64), "Tout", type(DataType.DT_STRING));

    private static final List<NodeDef> NAMES = List.of(
            constant("last", intScalar(1)),
            node("best", "ArgMax", Map.of("Tidx", type(DataType.DT_INT32)), "net/dense/product", "last"),
            node(
                    "table",
                    "HashTableV2",
                    Map.of("key_dtype", type(DataType.DT_INT64), "value_dtype", type(DataType.DT_STRING))),
            constant("unknown", GraphText.stringScalar("?")),
            node("name", "LookupTableFindV2", IDS_TO_NAMES, "table", "best", "unknown"),
            node("waiting", "Identity", "probabilities", "^name"),
            node("printed", "AsString", Map.of("T", type(DataType.DT_INT64)), "best"),
            constant("all", ints(0, 1)),
            node("everyName", "AsString", Map.of("T", type(DataType.DT_INT32)), "all"));

    @TempDir
    private Path directory;

    @Test
    void theLogitsAreFoundBehindAName() {
        for (var output : List.of("name", "printed")) {
            var model = read(Map.of("class", output + ":0"));
            assertThat(model.logits()).hasToString("net/dense/product:0");
            assertThat(model.outputs()).isEqualTo(Map.of("class", new TensorName("best", 0)));
            assertThat(model.notes())
                    .containsExactly("The output 'class' gives names of classes, which are not computed.");
            assertThat(model.graph().getNodeList())
                    .noneMatch(node ->
                            node.getOp().equals("HashTableV2") || node.getOp().equals("AsString"));
        }
    }

    /** As a function ends: all that it did stands before each of its results. */
    @Test
    void scoresNeedNotWaitForNames() {
        var model = read(Map.of("class", "name:0", "scores", "waiting:0"));
        assertThat(model.outputs()).containsOnlyKeys("class", "scores");
        assertThat(model.graph().getNodeList()).extracting(NodeDef::getOp).doesNotContain("LookupTableFindV2");
    }

    @Test
    void theNamesOfAllClassesAreLeftOut() {
        var model = read(Map.of("scores", "probabilities:0", "classes", "everyName:0"));
        assertThat(model.logits()).hasToString("net/dense/product:0");
        assertThat(model.outputs()).containsOnlyKeys("scores");
    }

    @Test
    void namesAloneAreRefused() {
        assertThatThrownBy(() -> read(Map.of("classes", "everyName:0")))
                .isInstanceOf(UserException.class)
                .hasMessageEndingWith("the signature's outputs do not depend on its input 'images:0'");
    }

    private ClassifierModel read(Map<String, String> outputs) {
        var model = SmallModel.graphMode();
        var nodes = new ArrayList<>(model.getGraphDef().getNodeList());
        nodes.addAll(NAMES);
        model.getGraphDefBuilder().clearNode().addAllNode(nodes);
        var signature = SmallModel.signature(Map.of("images", "images:0"), outputs).toBuilder();
        signature.getOutputsMap().forEach((name, info) -> {
            if (!name.equals("scores")) {
                signature.putOutputs(
                        name, info.toBuilder().setDtype(DataType.DT_STRING).build());
            }
        });
        model.putSignatureDef("serving_default", signature.build());
        SmallModel.write(directory, model.build());
        SmallModel.writeGraphModeCheckpoint(directory);
        return ClassifierModel.read(directory);
    }
}
