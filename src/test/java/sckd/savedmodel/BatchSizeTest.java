package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

class BatchSizeTest {
    private static final ModelInput SIX = new ModelInput("images", DataType.DT_FLOAT, Shape.of(6, 2, 5));

    @Test
    void onlyTheBatchIsOpened() {
        assertThat(BatchSize.open(Shape.of(6, 2, 5)).asArray()).containsExactly(-1, 2, 5);
        assertThat(BatchSize.open(Shape.unknown()).isUnknown()).isTrue();
    }
}
