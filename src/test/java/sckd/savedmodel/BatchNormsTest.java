package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.proto.GraphDef;

class BatchNormsTest {
    @TempDir
    private Path directory;

    @Test
    void aFusedOneIsFoundWithItsParts() {
        var model = BatchNormModel.writeFused(directory);
        assertThat(BatchNorms.find(FlatGraph.of(model.graph())))
                .containsExactly(new BatchNorm(
                        model.features().get("norm").node(),
                        new TensorName("images", 0),
                        Optional.of(new TensorName("norm/gamma.read", 0)),
                        Optional.of(new TensorName("norm/beta.read", 0)),
                        new TensorName("norm/mean.read", 0),
                        Optional.of("norm/mean"),
                        Optional.of("norm/variance"),
                        BatchNormModel.EPSILON,
                        false,
                        BatchNorm.Form.FUSED));
    }

    @Test
    void aDecomposedOneIsFoundWithItsParts() {
        var model = BatchNormModel.write(directory, BatchNorm.Form.DECOMPOSED, true, true);
        assertThat(BatchNorms.find(FlatGraph.of(model.graph()))).containsExactly(decomposed(model, true, true));
    }

    @Test
    void gammaAndBetaMayBeMissing() {
        var withoutGamma = BatchNormModel.write(directory.resolve("1"), BatchNorm.Form.DECOMPOSED, false, true);
        assertThat(BatchNorms.find(FlatGraph.of(withoutGamma.graph())))
                .containsExactly(decomposed(withoutGamma, false, true));
        var withoutBeta = BatchNormModel.write(directory.resolve("2"), BatchNorm.Form.DECOMPOSED, true, false);
        assertThat(BatchNorms.find(FlatGraph.of(withoutBeta.graph())))
                .containsExactly(decomposed(withoutBeta, true, false));
    }

    /** One that has neither gamma nor beta may be of any layer. */
    @Test
    void aFrozenLayersKeepsToItsAverages() {
        for (var form : BatchNorm.Form.values()) {
            var model = BatchNormModel.write(directory.resolve(form.name()), form, true, true);
            var graph = FlatGraph.of(model.graph());
            var norms = BatchNorms.find(graph);
            assertThat(BatchNorms.findTrained(graph, model.variables())).isEqualTo(norms);
            assertThat(BatchNorms.findTrained(graph, frozenBut("norm/beta", model)))
                    .isEqualTo(norms);
            assertThat(BatchNorms.findTrained(graph, frozenBut("dense/kernel", model)))
                    .isEmpty();
        }
        var plain = BatchNormModel.write(directory.resolve("plain"), BatchNorm.Form.DECOMPOSED, false, false);
        assertThat(BatchNorms.findTrained(FlatGraph.of(plain.graph()), frozenBut("dense/kernel", plain)))
                .hasSize(1);
    }

    private static List<ModelVariable> frozenBut(String trainable, ClassifierModel model) {
        return model.variables().stream()
                .map(variable -> new ModelVariable(
                        variable.handle(),
                        variable.dtype(),
                        variable.shape(),
                        variable.handle().equals(trainable),
                        variable.keys()))
                .toList();
    }

    private static BatchNorm decomposed(ClassifierModel model, boolean hasGamma, boolean hasBeta) {
        return new BatchNorm(
                model.features().get("norm").node(),
                new TensorName("images", 0),
                hasGamma ? Optional.of(new TensorName("norm/gamma.read", 0)) : Optional.empty(),
                hasBeta ? Optional.of(new TensorName("norm/beta.read", 0)) : Optional.empty(),
                new TensorName("norm/mean.read", 0),
                Optional.of("norm/mean"),
                Optional.of("norm/variance"),
                BatchNormModel.EPSILON,
                false,
                BatchNorm.Form.DECOMPOSED);
    }

    @Test
    void theOrderOfTermsAndFactorsDoesNotMatter() {
        var model = BatchNormModel.write(directory, BatchNorm.Form.DECOMPOSED, true, true);
        var swapped = GraphDef.newBuilder();
        for (var node : model.graph().getNodeList()) {
            boolean commutes = List.of("Add", "AddV2", "Mul").contains(node.getOp());
            swapped.addNode(
                    commutes
                            ? node.toBuilder()
                                    .clearInput()
                                    .addInput(node.getInput(1))
                                    .addInput(node.getInput(0))
                            : node.toBuilder());
        }
        assertThat(BatchNorms.find(FlatGraph.of(swapped.build()))).containsExactly(decomposed(model, true, true));
    }

    @Test
    void theChannelsMayBeOnAnyAxis() {
        var last = BatchNormModel.writeOverAxis(directory.resolve("last"), 1, 1, 1, 2);
        var second = BatchNormModel.writeOverAxis(directory.resolve("second"), 1, 2, 1, 1);
        assertThat(BatchNorms.find(FlatGraph.of(last.graph()))).hasSize(1);
        assertThat(BatchNorms.find(FlatGraph.of(second.graph()))).hasSize(1);
    }

    @Test
    void oneThatTrainsAlreadyIsNotFoundNorIsPlainArithmetic() {
        var sketch = new ModelSketch();
        var x = sketch.images(-1, 2, 1, 2);
        var tf = sketch.tf();
        var ones = tf.constant(new float[] {1, 1});
        var none = tf.constant(new float[0]);
        var training = FusedBatchNorm.create(tf.scope(), x, ones, ones, none, none, FusedBatchNorm.isTraining(true))
                .y();
        var m = tf.math.rsqrt(tf.math.add(ones, tf.constant(BatchNormModel.EPSILON)));
        var affine = tf.math.add(tf.math.mul(training, m), tf.math.sub(ones, tf.math.mul(ones, m)));
        var model = sketch.write(directory, affine, Map.of("logits", affine));
        assertThat(BatchNorms.find(FlatGraph.of(model.graph()))).isEmpty();
    }

    @Test
    void movingStatisticsAreAllMeansAndVariances() {
        var model = BatchNormModel.writeFused(directory);
        assertThat(BatchNorms.movingStatistics(FlatGraph.of(model.graph())))
                .containsExactlyInAnyOrder("norm/mean", "norm/variance");
    }
}
