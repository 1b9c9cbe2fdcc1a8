package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static sckd.savedmodel.GraphText.constant;
import static sckd.savedmodel.GraphText.floatScalar;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.type;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.DataType;

/** A model with dropout left on. */
class RandomSignatureTest {
    @TempDir
    private Path directory;

    /** Its outputs differ in each run, and still it can be said that it holds the trained values. */
    @Test
    void aModelThatAnswersAtRandomIsExported() {
        var model = writeModel();
        var checkpoint = directory.resolve("trained");
        TrainedCheckpoint.write(model, checkpoint);
        var exported = directory.resolve("exported");
        StudentExport.write(model, checkpoint, "student", exported);

        assertThat(RandomSignature.isOne(exported, ModelSettings.NONE)).isTrue();
        assertThat(ClassifierModel.read(exported).notes())
                .containsExactly("Dropout is on in inference; here it is off.");
    }

    @Test
    void aModelWithoutDrawsAnswersAlways() {
        SmallModel.write(directory, SmallModel.graphMode().build());
        SmallModel.writeGraphModeCheckpoint(directory);

        assertThat(RandomSignature.isOne(directory, ModelSettings.NONE)).isFalse();
    }

    private ClassifierModel writeModel() {
        var model = SmallModel.graphMode();
        var graph = model.getGraphDefBuilder();
        for (var node : graph.getNodeBuilderList()) {
            if (node.getName().equals("net/pool/mean")) {
                node.setInput(0, "net/drop/out");
            }
        }
        var ints = Map.of("T", type(DataType.DT_INT32));
        graph.addNode(constant("net/drop/scale", floatScalar(2)));
        graph.addNode(constant("net/drop/rate", floatScalar(.5f)));
        graph.addNode(constant("net/drop/zero", floatScalar(0)));
        graph.addNode(node("net/drop/scaled", "Mul", "net/norm/add_1", "net/drop/scale"));
        graph.addNode(node("net/drop/shape", "Shape", Map.of("out_type", type(DataType.DT_INT32)), "net/norm/add_1"));
        graph.addNode(node("net/drop/draw", "RandomUniform", ints, "net/drop/shape"));
        graph.addNode(node("net/drop/kept", "GreaterEqual", "net/drop/draw", "net/drop/rate"));
        graph.addNode(node("net/drop/out", "SelectV2", "net/drop/kept", "net/drop/scaled", "net/drop/zero"));
        var source = directory.resolve("model");
        SmallModel.write(source, model.build());
        SmallModel.writeGraphModeCheckpoint(source);
        return ClassifierModel.read(source);
    }
}
