package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static sckd.savedmodel.GraphText.constant;
import static sckd.savedmodel.GraphText.graph;
import static sckd.savedmodel.GraphText.ints;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.placeholder;
import static sckd.savedmodel.GraphText.type;
import static sckd.savedmodel.GraphText.variable;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/** TensorFlow has no gradient of Digamma; of Shape neither, but there a gradient does not come by. */
class GradientlessOpsTest {
    private static final NodeDef[] BEGINNING = {
        placeholder("images", 2),
        variable("kernel", 2),
        SmallModel.read("read", "kernel"),
        node("before", "Digamma", "images"),
        node("product", "Mul", "before", "read")
    };

    @Test
    void anOpBetweenAVariableAndTheLogitsIsFound() {
        assertThat(find(node("logits", "Digamma", "product"))).containsExactly("Digamma (node 'logits')");
    }

    @Test
    void whereTheGradientEndsNothingIsMissing() {
        assertThat(find(
                        node("stepped", "Digamma", "product"),
                        node("stopped", "StopGradient", "stepped"),
                        node("logits", "AddV2", "stopped", "product")))
                .isEmpty();
        assertThat(find(
                        node("shape", "Shape", Map.of("out_type", type(DataType.DT_INT32)), "product"),
                        constant("axis", ints(0)),
                        node(
                                "size",
                                "Max",
                                Map.of("T", type(DataType.DT_INT32), "Tidx", type(DataType.DT_INT32)),
                                "shape",
                                "axis"),
                        node("float", "Cast", Map.of("SrcT", type(DataType.DT_INT32)), "size"),
                        node("odd", "Digamma", "float"),
                        node("logits", "Mul", "odd", "product")))
                .isEmpty();
    }

    private static List<String> find(NodeDef... end) {
        var nodes = new NodeDef[BEGINNING.length + end.length];
        System.arraycopy(BEGINNING, 0, nodes, 0, BEGINNING.length);
        System.arraycopy(end, 0, nodes, BEGINNING.length, end.length);
        var flat = Flattener.flatten(graph(List.of(), nodes), List.of("logits"), OpDefs.registered())
                .graph();
        return GradientlessOps.findBetween(
                        flat, TensorTypes.infer(flat.toGraphDef()), List.of("kernel"), new TensorName("logits", 0))
                .stream()
                .map(AllowedOps.Use::toString)
                .toList();
    }
}
