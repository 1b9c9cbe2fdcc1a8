package sckd.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sckd.distillation.CosineGate;
import sckd.distillation.OpenGate;

class BuiltInExperimentTest {
    @ParameterizedTest
    @MethodSource("sckd.experiment.BuiltInExperiment#all")
    void comparesNoDistillationPlainDistillationAndSckd(BuiltInExperiment builtIn) {
        var experiment = ExperimentFile.read(builtIn.name(), List.of());

        assertThat(experiment.name()).isEqualTo(builtIn.name());
        var methods = experiment.byMethod();
        assertThat(methods.keySet()).startsWith("NOKD", "BLKD", "SCKD");
        assertThat(methods.get("NOKD").losses()).isEmpty();
        assertThat(methods.get("BLKD").losses())
                .isEqualTo(methods.get("SCKD").losses())
                .hasSize(1);
        assertThat(methods.get("BLKD").gate()).isEqualTo(new OpenGate(false));
        assertThat(methods.get("SCKD").gate()).isEqualTo(new CosineGate(0));
    }

    @ParameterizedTest
    @MethodSource("sckd.experiment.BuiltInExperiment#all")
    void isDescribedByItsFirstLine(BuiltInExperiment builtIn) {
        assertThat(builtIn.text()).startsWith("# " + builtIn.description() + "\n");
        assertThat(builtIn.description()).matches("[A-Z].{20,160}\\.");
    }
}
