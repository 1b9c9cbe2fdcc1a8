package sckd.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConstantsLineTest {
    private static final String FULL_STUDENT =
            "student: {model: savedmodels/small, heads: [{name: early, kind: separable, blocks: 2, layer: relu1, weight: 0.7}]}";

    @Test
    void aMethodWithoutLossesHasNoGate() {
        assertThat(line(Samples.read(Samples.MINIMAL), "minimal")).isEqualTo("{supervised: {weight: 1.0}, losses: []}");
        assertThat(line(Samples.read(Samples.FULL), "ZULU"))
                .isEqualTo("{" + FULL_STUDENT + ", supervised: {weight: 0.5}, losses: []}");
    }

    @Test
    void stagesAreStatedAndMayUseTheGate() {
        assertThat(line(Samples.read(Samples.FULL), "BLKD"))
                .contains(
                        "gate: {kind: none,", "stages: [{name: warm, supervised: {weight: 0.0}, losses: [{name: late,");
        var text = Samples.MINIMAL
                + """
                losses: [{name: own, kind: l2, teacher: self, teacher-layer: a, student-layer: b}]
                methods:
                  PLAIN: {losses: [], stages: [{name: bare}]}
                  HINTED: {losses: [], stages: [{name: hint, losses: [{name: own, kind: l2, teacher: self, teacher-layer: a, student-layer: b}]}]}
                """;
        assertThat(line(Samples.read(text), "PLAIN")).doesNotContain("gate");
        assertThat(line(Samples.read(text), "HINTED")).contains("losses: [], gate: {kind: cosine,");
    }

    @Test
    void headsOfTheStudentAreStated() {
        var experiment = Samples.read(
                Samples.MINIMAL, "student.heads=[{name: early, kind: pooled, layer: stage1, weight: 0.5}]");
        assertThat(line(experiment, "minimal"))
                .startsWith(
                        "{student: {model: 'zoo:plain-cnn-2', heads: [{name: early, kind: pooled, layer: stage1, weight: 0.5}]}, supervised: {weight: 1.0},");
    }

    @Test
    void anotherStudentIsStatedAsItIs() {
        var experiment = Samples.read(Samples.MINIMAL
                + "methods: {SAME: {}, LARGE: {student: {model: 'zoo:plain-cnn-4', batch-norm-momentum: 0.9}}}\n");
        assertThat(line(experiment, "SAME")).doesNotContain("student");
        assertThat(line(experiment, "LARGE"))
                .startsWith("{student: {model: 'zoo:plain-cnn-4', batch-norm-momentum: 0.9}, supervised:");
    }

    @Test
    void anotherTrainingIsStatedByWhatDiffers() {
        var experiment = Samples.read(
                Samples.MINIMAL
                        + """
                        methods:
                          SAME: {training: {epochs: 2, batch-size: 8, optimizer: {kind: sgd, learning-rate: 0.1}}}
                          FAST: {training: {epochs: 3, batch-size: 8, optimizer: {kind: sgd, learning-rate: 0.2}}}
                          ADAM: {training: {epochs: 2, batch-size: 8, optimizer: {kind: adam, learning-rate: 0.1}, clip-norm: 3}}
                        """,
                "training.clip-norm=5");
        assertThat(line(experiment, "SAME")).endsWith("losses: [], training: {clip-norm: null}}");
        assertThat(line(experiment, "FAST"))
                .endsWith("training: {epochs: 3, optimizer: {learning-rate: 0.2}, clip-norm: null}}");
        assertThat(line(experiment, "ADAM"))
                .endsWith("training: {optimizer: {kind: adam, learning-rate: 0.1, beta1: 0.9, beta2: 0.999,"
                        + " epsilon: 1.0E-7, weight-decay: 0.0}, clip-norm: 3.0}}");
    }

    @Test
    void aTrainedTeacherHasALineWithWhatItLearnsFrom() {
        var text = Samples.MINIMAL
                + """
                teachers:
                  - {name: alone, model: "zoo:plain-cnn-4", training: {epochs: 1, batch-size: 8, optimizer: {kind: sgd, learning-rate: 0.1}}}
                  - name: assistant
                    model: "zoo:plain-cnn-3"
                    losses: [{name: output, kind: output, teacher: alone, weight: 0.9}]
                    training: {epochs: 2, batch-size: 8, optimizer: {kind: sgd, learning-rate: 0.1}}
                """;
        var teachers = Samples.read(text).teachers();
        var optimizer =
                "optimizer: {kind: sgd, learning-rate: 0.1, momentum: 0.0, nesterov: false, weight-decay: 0.0, decoupled-weight-decay: false}";
        var rest = optimizer + ", schedule: {kind: constant, warmup-epochs: 0.0}, keep-checkpoints: 2}}";
        assertThat(ConstantsLine.ofTeacher(teachers.get(0)))
                .isEqualTo("{model: 'zoo:plain-cnn-4', supervised: {weight: 1.0}, training: {epochs: 1, batch-size: 8, "
                        + rest);
        assertThat(ConstantsLine.ofTeacher(teachers.get(1)))
                .isEqualTo("{model: 'zoo:plain-cnn-3', supervised: {weight: 1.0},"
                        + " losses: [{name: output, kind: output, temperature: 4.0, teacher: alone, weight: 0.9}],"
                        + " gate: {kind: none, measure: false, adapters: gated}, training: {epochs: 2, batch-size: 8, "
                        + rest);
    }

    private static String line(Experiment experiment, String method) {
        return ConstantsLine.ofMethod(experiment, experiment.byMethod().get(method));
    }
}
