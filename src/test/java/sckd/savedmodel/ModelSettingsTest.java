package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import sckd.data.Normalization;

class ModelSettingsTest {
    private static final Normalization SCALING = new Normalization(1, List.of(128f), List.of(64f));

    static final ModelSettings ALL = new ModelSettings(
            Optional.of(List.of("serve", "gpu")),
            Optional.of("classify"),
            new InputSettings(
                    Optional.of("x"),
                    Optional.of(SCALING),
                    Optional.of(new ImageSize(48, 32)),
                    Optional.of(Layout.NCHW),
                    Optional.of(ChannelOrder.BGR),
                    Map.of("place", .5, "rate", -2d)),
            Optional.of("dense/BiasAdd:0"),
            List.of("cat", "dog"),
            Optional.of(.9f),
            Set.of("PyFunc"));

    @Test
    void whatIsStatedWinsKeyByKey() {
        assertThat(ALL.or(ModelSettings.NONE)).isEqualTo(ALL);
        assertThat(ModelSettings.NONE.or(ALL)).isEqualTo(ALL);

        var size = new ImageSize(8, 8);
        var stated = new ModelSettings(
                Optional.of(List.of("serve")),
                Optional.empty(),
                new InputSettings(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(size),
                        Optional.empty(),
                        Optional.empty(),
                        Map.of("rate", 3d)),
                Optional.empty(),
                List.of(),
                Optional.of(.5f),
                Set.of("EagerPyFunc"));
        var both = stated.or(ALL);
        assertThat(both.tags()).contains(List.of("serve"));
        assertThat(both.signature()).contains("classify");
        assertThat(both.input())
                .isEqualTo(new InputSettings(
                        Optional.of("x"),
                        Optional.of(SCALING),
                        Optional.of(size),
                        Optional.of(Layout.NCHW),
                        Optional.of(ChannelOrder.BGR),
                        Map.of("place", .5, "rate", 3d)));
        assertThat(both.output()).contains("dense/BiasAdd:0");
        assertThat(both.classes()).containsExactly("cat", "dog");
        assertThat(both.batchNormMomentum()).contains(.5f);
        assertThat(both.trustedOps()).containsExactlyInAnyOrder("PyFunc", "EagerPyFunc");
    }

    @Test
    void valuesThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> ModelSettings.NONE.withBatchNormMomentum(1.5f))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("batch-norm-momentum is 1.5; expected 0 to 1");
        assertThatThrownBy(() -> ModelSettings.NONE.withClasses(List.of("cat", " ")))
                .hasMessage("classes holds an empty name; expected a name for each");
        assertThatThrownBy(() -> new ImageSize(0, 32)).hasMessage("height is 0; expected 1 to 4096 pixels");
        assertThatThrownBy(() -> new ImageSize(32, 5000)).hasMessage("width is 5000; expected 1 to 4096 pixels");
    }

    @Test
    void aScaleAloneLeavesMeanAndDeviationOut() {
        var none = Optional.<List<Float>>empty();
        assertThat(Scaling.of(Optional.empty(), none, none)).isEmpty();
        assertThat(Scaling.of(Optional.of(1f), none, none)).contains(new Normalization(1, List.of(0f), List.of(1f)));
        var mean = Optional.of(List.of(103.9f, 116.8f, 123.7f));
        assertThat(Scaling.of(Optional.of(1f), mean, none)).contains(new Normalization(1, mean.get(), List.of(1f)));
        assertThatThrownBy(() -> Scaling.of(Optional.empty(), none, Optional.of(List.of(1f))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("mean is missing; without a scale it goes with std");
    }
}
