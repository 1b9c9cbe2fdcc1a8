package sckd.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import sckd.distillation.CosineGate;
import sckd.distillation.DistillationTerm;
import sckd.distillation.OpenGate;

class ExperimentTest {
    @Test
    void eachMethodIsACompleteExperiment() {
        var experiment = Samples.read(Samples.FULL);

        var methods = experiment.byMethod();

        assertThat(methods.keySet()).containsExactly("ZULU", "BLKD", "ALPHA");
        assertThat(methods.get("ZULU").losses()).isEmpty();
        assertThat(methods.get("ZULU").gate()).isEqualTo(new CosineGate(-0.1f));
        assertThat(methods.get("BLKD").losses()).isEqualTo(experiment.losses());
        assertThat(methods.get("BLKD").gate()).isEqualTo(new OpenGate(false));
        assertThat(methods.get("BLKD").supervised()).isEqualTo(new Supervised(0.1f));
        assertThat(methods.get("ALPHA").training().epochs()).isEqualTo(1);
        assertThat(methods.get("ALPHA").student().model()).isEqualTo(new ModelSource.ZooModel("plain-cnn-4"));
        assertThat(methods.values()).allSatisfy(method -> {
            assertThat(method.methods()).isEmpty();
            assertThat(method.teachers()).isEqualTo(experiment.teachers());
            assertThat(method.data()).isEqualTo(experiment.data());
            assertThat(method.seed()).isEqualTo(7);
        });
    }

    @Test
    void aStageIsItsMethodsTrainingButForWhatItChanges() {
        var experiment = Samples.read(Samples.FULL);
        assertThat(experiment.byMethod().get("ZULU").stages()).isEmpty();

        var method = experiment.byMethod().get("BLKD");
        assertThat(method.stages()).isEqualTo(experiment.stages());
        var warm = method.inStage(method.stages().get(0));
        assertThat(warm.supervised()).isEqualTo(new Supervised(0));
        assertThat(warm.losses()).extracting(DistillationTerm::name).containsExactly("late");
        assertThat(warm.training().epochs()).isEqualTo(4);
        assertThat(warm.stages()).isEmpty();

        var bare = method.inStage(method.stages().get(1));
        assertThat(bare.supervised()).isEqualTo(new Supervised(0.1f));
        assertThat(bare.losses()).isEqualTo(experiment.losses());
        assertThat(bare.gate()).isEqualTo(new OpenGate(false));
        assertThat(bare.training()).isEqualTo(experiment.training());
    }

    @Test
    void withoutMethodsItIsOneRun() {
        var experiment = Samples.read(Samples.MINIMAL);

        assertThat(experiment.byMethod()).isEqualTo(Map.of("minimal", experiment));
    }
}
