package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.TensorSliceProto;
import org.tensorflow.proto.TensorSliceProto.Extent;

class TensorSliceTest {
    private static final TensorSlice ROWS = new TensorSlice(Shape.of(16, 3), List.of(6L, 0L), Shape.of(5, 3));

    @Test
    void readsWhatASaverWrites() {
        assertThat(TensorSlice.parse("16 3 6,5:0,3")).isEqualTo(ROWS);
        assertThat(TensorSlice.parse("16 3 6,5:-")).isEqualTo(ROWS);
        assertThat(TensorSlice.of(
                        GraphText.shapeProto(16, 3),
                        TensorSliceProto.newBuilder()
                                .addExtent(Extent.newBuilder().setStart(6).setLength(5))
                                .addExtent(Extent.newBuilder())
                                .build()))
                .isEqualTo(ROWS);
    }

    @Test
    void isWrittenAsTensorFlowTakesIt() {
        assertThat(ROWS).hasToString("16 3 6,5:0,3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "16 3 6,5", "16 3 6:-", "16 3 12,5:-", "16 3 -1,5:-", "a 3 6,5:-", "16 6,5:-"})
    void otherTextIsRefused(String text) {
        assertThatThrownBy(() -> TensorSlice.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
