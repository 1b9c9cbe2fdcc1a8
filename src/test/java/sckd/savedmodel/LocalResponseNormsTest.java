package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static sckd.savedmodel.GraphText.integer;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.placeholder;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.AttrValue;

class LocalResponseNormsTest {
    /** TensorFlow's own gradient takes beta for .5 and the radius for 5. */
    @ParameterizedTest
    @ValueSource(ints = {0, 2, 5})
    void aNormHasTheGradientOfItsNumbers(int radius) {
        var attributes =
                Map.of("depth_radius", integer(radius), "bias", number(2), "alpha", number(.5f), "beta", number(.75f));
        var rewriting = new Rewriting(placeholder("images", -1, -1, -1, 7), node("result", "LRN", attributes, "images"))
                .feed("images", 2, 2, 3, 7);

        assertThat(rewriting.ops()).doesNotContain("LRN");
        rewriting.assertEqualResults();
        rewriting.assertGradient("images");
    }

    private static AttrValue number(float value) {
        return AttrValue.newBuilder().setF(value).build();
    }
}
