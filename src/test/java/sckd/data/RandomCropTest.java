package sckd.data;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RandomCropTest {
    @Test
    void refusesPaddingThatMovesNothing() {
        assertThatThrownBy(() -> new RandomCrop(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("padding is 0; expected at least 1");
    }
}
