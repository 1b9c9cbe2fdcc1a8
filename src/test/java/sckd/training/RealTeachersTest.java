package sckd.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sckd.Shared;
import sckd.data.DataSets;
import sckd.data.ImageSet;
import sckd.data.Normalization;
import sckd.savedmodel.ClassifierModel;

/** Pretrained ResNets reach their published accuracy: data, input scaling, reading and freezing are right together. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealTeachersTest {
    private static final Normalization INPUT =
            new Normalization(List.of(.485f, .456f, .406f), List.of(.229f, .224f, .225f));

    private ImageSet test;

    @BeforeAll
    void readImages() {
        var archive = Shared.require("data/cifar-10-batches-bin.tar.xz");
        test = DataSets.all().get("cifar10").read(archive).test().inMemory();
    }

    @ParameterizedTest
    @CsvSource({"resnet20, 91.73", "resnet32, 92.63", "resnet44, 93.10", "resnet56, 93.39"})
    void reachTheirPublishedAccuracy(String name, double percent) {
        var model = ClassifierModel.read(Shared.require("models/" + name + "-cifar10"));
        var result = Evaluation.run(new NamedModel(name, model, INPUT), test, 10);
        assertThat(result.images()).isEqualTo(10_000);
        assertThat(100 * result.top1()).isCloseTo(percent, within(0.02));
    }
}
