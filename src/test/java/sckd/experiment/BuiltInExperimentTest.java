package sckd.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import sckd.distillation.CosineGate;
import sckd.distillation.OpenGate;

class BuiltInExperimentTest {
    @ParameterizedTest
    @MethodSource("sckd.experiment.BuiltInExperiment#all")
    void comparesNoDistillationPlainDistillationAndSckd(BuiltInExperiment builtIn) {
        var experiment = ExperimentFile.read(builtIn.name(), List.of());

        assertThat(experiment.name()).isEqualTo(builtIn.name());
        var methods = experiment.byMethod();
        assertThat(methods.keySet()).startsWith("NOKD");
        assertThat(methods.get("NOKD").losses()).isEmpty();
        var gated = methods.get("SCKD");
        assertThat(gated.losses()).isNotEmpty();
        assertThat(gated.gate()).isEqualTo(new CosineGate(0));
        assertThat(methods.values())
                .filteredOn(method -> method.gate().equals(new OpenGate(false)))
                .filteredOn(method -> method.losses().equals(gated.losses()))
                .hasSize(1);
    }

    /** Those that need no model from outside, on generated images in the place of their own. */
    @ParameterizedTest
    @ValueSource(strings = {"quickstart", "cifar10-self-distillation", "cifar10-tofd"})
    void itsStepsCanBeBuilt(String name) {
        var data = "data={dataset: shapes, train-limit: 64, test-limit: 10}";
        var experiment = ExperimentFile.read(name, List.of(data));
        Rehearsal.run(experiment, Images.read(experiment.data(), experiment.seed()));
    }

    @ParameterizedTest
    @MethodSource("sckd.experiment.BuiltInExperiment#all")
    void isDescribedByItsFirstLine(BuiltInExperiment builtIn) {
        assertThat(builtIn.text()).startsWith("# " + builtIn.description() + "\n");
        assertThat(builtIn.description()).matches("[A-Z].{20,160}\\.");
    }
}
