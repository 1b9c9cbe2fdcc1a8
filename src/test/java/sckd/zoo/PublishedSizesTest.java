package sckd.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parameters and multiply-adds as published. */
class PublishedSizesTest {
    private static final List<Integer> CIFAR = List.of(32, 32, 3);
    private static final List<Integer> IMAGENET = List.of(224, 224, 3);

    /**
     * Parameters for 1,000 classes: the pretrained weights' {@code num_params} in the documentation of torchvision (pytorch.org/vision, table of
     * all available classification weights); multiply-adds in millions: its {@code GFLOPS}, which has two decimals.
     */
    @ParameterizedTest
    @CsvSource({
        "resnet18-imagenet, 11689512, 1.81",
        "resnet34-imagenet, 21797672, 3.66",
        "resnet50-imagenet, 25557032, 4.09",
        "resnet101-imagenet, 44549160, 7.80",
        "resnet152-imagenet, 60192808, 11.51",
        "mobilenet-v2-imagenet, 3504872, 0.30",
        "shufflenet-v2-x0.5-imagenet, 1366792, 0.04",
        "shufflenet-v2-imagenet, 2278604, 0.14",
        "shufflenet-v2-x1.5-imagenet, 3503624, 0.30",
        "shufflenet-v2-x2-imagenet, 7393996, 0.58"
    })
    void networksForImageNet(String name, long parameters, double billionMultiplyAdds) {
        var entry = Zoo.measure(name, 1000, IMAGENET);
        assertThat(entry.parameters()).isEqualTo(parameters);
        assertThat(Math.round(entry.multiplyAdds() / 1e7)).isEqualTo(Math.round(100 * billionMultiplyAdds));
    }
}
