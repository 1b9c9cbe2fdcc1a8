package sckd.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sckd.UserException;
import sckd.data.RandomCrop;
import sckd.distillation.OpenGate;
import sckd.distillation.OutputLoss;

class ExperimentOverridesTest {
    @Test
    void replacesByKeyIndexAndName() {
        var experiment = Samples.read(
                Samples.FULL,
                "training.epochs=3",
                "losses[0].weight=0.25",
                "losses.hint.weight=7",
                "teachers.assistant.training.optimizer.learning-rate=5e-4",
                "gate=none",
                "data.augment[1]={kind: random-crop, padding: 3}");

        assertThat(experiment.training().epochs()).isEqualTo(3);
        assertThat(experiment.losses().get(0).weight()).isEqualTo(0.25f);
        assertThat(experiment.losses().get(1).weight()).isEqualTo(7f);
        assertThat(experiment
                        .teachers()
                        .get(1)
                        .training()
                        .orElseThrow()
                        .optimizer()
                        .learningRate())
                .isEqualTo(5e-4f);
        assertThat(experiment.gate()).isEqualTo(new OpenGate(false));
        assertThat(experiment.data().augment().get(1)).isEqualTo(new RandomCrop(3));
    }

    @Test
    void addsWhatTheFileLacks() {
        var experiment = Samples.read(
                Samples.MINIMAL,
                "teachers=[{name: big, model: savedmodels/big}]",
                "losses=[{name: out, kind: output, teacher: big}]",
                "losses.out.temperature=2",
                "supervised.weight=0.5",
                "training.clip-norm = 3");

        assertThat(experiment.losses().get(0).loss()).isEqualTo(new OutputLoss(2));
        assertThat(experiment.supervised()).isEqualTo(new Supervised(0.5f));
        assertThat(experiment.training().clipNorm()).hasValue(3);
    }

    @Test
    void laterOnesWin() {
        assertThat(Samples.read(Samples.MINIMAL, "seed=2", "seed=3").seed()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "training.epoch=3 | --set training.epoch: unknown key; nearest: epochs",
                "training.epochs=ten | --set training.epochs: is 'ten'; expected a whole number",
                "training.epochs=0 | --set training: epochs is 0; expected at least 1",
                "training.epochs= | --set training.epochs: is empty; expected a whole number",
                "losses[4].weight=1 | --set losses[4].weight: losses has 4 items; expected an index from 0 to 3",
                "losses.hunt.weight=1 | --set losses.hunt.weight: losses has no item named 'hunt'; nearest: hint",
                "data.augment.crop=1 | --set data.augment.crop: data.augment has 3 items; expected an index from 0 to 2",
                "seed.x=1 | --set seed.x: seed is '7', which has no keys",
                "losses.hint.teacher=small | --set losses[1].teacher is 'small', which is no teacher; known: assistant, resnet56",
                "training.epochs | --set training.epochs: expected key=value, such as training.epochs=3",
                "=3 | --set expected key=value, such as training.epochs=3",
                "gate={kind: cosine | --set gate: no valid YAML: expected ',' or '}', but got <stream end>",
            })
    void faultsNameTheOverride(String override, String message) {
        assertThatThrownBy(() -> Samples.read(Samples.FULL, override))
                .isInstanceOf(UserException.class)
                .hasMessage(message);
    }

    @Test
    void faultsOfTheFileComeFirst() {
        assertThatThrownBy(() -> Samples.read("nam: x\n" + Samples.MINIMAL, "training.epoch=3"))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        """
                        file.yaml:1: nam: unknown key; nearest: name
                        --set training.epoch: unknown key; nearest: epochs""");
    }
}
