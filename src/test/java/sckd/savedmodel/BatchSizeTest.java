package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import sckd.UserException;

class BatchSizeTest {
    private static final ModelInput SIX = new ModelInput("images", DataType.DT_FLOAT, Shape.of(6, 2, 5));

    @Test
    void onlyTheBatchIsOpened() {
        assertThat(BatchSize.open(Shape.of(6, 2, 5)).asArray()).containsExactly(-1, 2, 5);
        assertThat(BatchSize.open(Shape.unknown()).isUnknown()).isTrue();
    }

    @Test
    void aGraphThatTakesAnyBatchPasses() {
        assertThatCode(() -> BatchSize.checkOpen(flattening(-1, 10), SIX, new TensorName("flat", 0)))
                .doesNotThrowAnyException();
    }

    /** Seven images of 10 values are ten rows of 7. */
    @Test
    void aGraphThatMakesAnotherNumberOfLogitsIsRefused() {
        assertThatThrownBy(() -> BatchSize.checkOpen(flattening(10, -1), SIX, new TensorName("flat", 0)))
                .isInstanceOf(UserException.class)
                .hasMessage("the input 'images' is [6, 2, 5], and the graph takes no other batch size; save the model"
                        + " with an open one: of 7 images it makes logits [10, 7]");
    }

    private static FlatGraph flattening(int rows, int columns) {
        try (var graph = new Graph()) {
            var tf = Ops.create(graph);
            var images = tf.withName("images").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2, 5)));
            tf.withName("flat").reshape(images, tf.constant(new int[] {rows, columns}));
            return FlatGraph.of(graph.toGraphDef());
        }
    }
}
