package sckd.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import sckd.distillation.AdaptersAlwaysLearn;
import sckd.distillation.AggregateGate;
import sckd.distillation.CosineGate;
import sckd.distillation.EmaGate;
import sckd.distillation.Gate;
import sckd.distillation.InverseGate;
import sckd.distillation.OpenRates;
import sckd.distillation.PerVariableGate;
import sckd.distillation.ProductGate;
import sckd.distillation.ProjectGate;
import sckd.distillation.RandomGate;
import sckd.distillation.RecordedRates;
import sckd.distillation.ScaledGate;
import sckd.distillation.ScheduleGate;
import sckd.distillation.WeightedGate;

class GateKeysTest {
    @Test
    void everyGateIsOneWord() {
        assertThat(gate("cosine")).isEqualTo(new CosineGate(0));
        assertThat(gate("weighted")).isEqualTo(new WeightedGate());
        assertThat(gate("aggregate")).isEqualTo(new AggregateGate(0));
        assertThat(gate("per-variable")).isEqualTo(new PerVariableGate(0));
        assertThat(gate("ema")).isEqualTo(new EmaGate(.1f, 0));
        assertThat(gate("project")).isEqualTo(new ProjectGate());
        assertThat(gate("inverse")).isEqualTo(new InverseGate(0));
    }

    @Test
    void parametersStandBesideTheKind() {
        assertThat(gate("{kind: ema, rate: .5, threshold: .1}")).isEqualTo(new EmaGate(.5f, .1f));
        assertThat(gate("{kind: schedule, epochs: 3}")).isEqualTo(new ScheduleGate(ScheduleGate.Shape.STEP, 3, 1, 0));
        assertThat(gate("{kind: schedule, shape: cosine, epochs: 3, from: 0, to: .5}"))
                .isEqualTo(new ScheduleGate(ScheduleGate.Shape.COSINE, 3, 0, .5f));
        assertThat(gate("{kind: schedule, shape: constant, from: .5}"))
                .isEqualTo(new ScheduleGate(ScheduleGate.Shape.CONSTANT, Optional.empty(), .5f, Optional.empty()));
        assertThat(gate("{kind: cosine, adapters: always}")).isEqualTo(new AdaptersAlwaysLearn(new CosineGate(0)));
    }

    @Test
    void aScheduleHasTheKeysOfItsShape() {
        assertFault(
                "{kind: schedule, shape: linear}",
                "file.yaml:5: gate: epochs is missing; expected it, or shape constant");
        assertFault(
                "{kind: schedule, shape: constant, epochs: 3}",
                "file.yaml:5: gate: epochs is given, but a gate of shape constant stays at from; expected none, or another shape");
        assertFault(
                "{kind: schedule, shape: constant, to: 1}",
                "file.yaml:5: gate: to is given, but a gate of shape constant stays at from; expected none, or another shape");
    }

    @Test
    void aProductHasGatesAsTheyStandAlone() {
        var step = new ScheduleGate(ScheduleGate.Shape.STEP, 3, 1, 0);
        assertThat(gate("{kind: product, of: [cosine, {kind: schedule, epochs: 3}]}"))
                .isEqualTo(new ProductGate(List.of(new CosineGate(0), step)));
        assertThat(
                        gate(
                                "{kind: product, adapters: always, of: [{kind: random, rate: .5}, {kind: product, of: [weighted, inverse]}]}"))
                .isEqualTo(new AdaptersAlwaysLearn(new ProductGate(List.of(
                        new RandomGate(new OpenRates.Fixed(.5f)),
                        new ProductGate(List.of(new WeightedGate(), new InverseGate(0)))))));
        assertFault("{kind: product, of: [cosine]}", "file.yaml:5: gate: of has 1; expected two gates or more");
        assertFault(
                "{kind: product, of: [cosine, {kind: ema, threshold: 2}]}",
                "file.yaml:5: gate.of[1]: threshold is 2.0; expected -1 to 1");
        for (var followed : new String[] {"method: SCKD", "run: runs/sckd"}) {
            assertFault(
                    "{kind: product, of: [none, {kind: scaled, adapters: always, " + followed + "}]}",
                    "file.yaml:5: gate: of[1] follows the open rates of a run, which are those of its whole gate; expected rate, or that control in place of the product");
        }
    }

    @Test
    void aControlHasItsRateFromOneOfThreePlaces() {
        assertThat(gate("{kind: random, rate: .5}")).isEqualTo(new RandomGate(new OpenRates.Fixed(.5f)));
        assertThat(gate("{kind: scaled, run: runs/sckd}"))
                .isEqualTo(new ScaledGate(new RecordedRates(Path.of("runs/sckd"))));
        assertFault(
                "{kind: random}", "file.yaml:5: gate: rate, run and method: none are given; expected one of the three");
        assertFault(
                "{kind: random, rate: 1, run: x}",
                "file.yaml:5: gate: rate, run and method: 2 are given; expected one of the three");
        var alone = Samples.read(Samples.MINIMAL + "gate: {kind: random, method: SCKD}\n");
        assertThatThrownBy(() -> FollowedRates.check(alone))
                .hasMessage(
                        "gate.method is 'SCKD', but there are no methods; expected rate, or run with the directory of a run");
    }

    @Test
    void aMethodFollowsOnlyOneThatIsRunBefore() {
        var before = Samples.MINIMAL + "methods: {SCKD: {gate: cosine}, RAND: {gate: {kind: random, method: SCKD}}}\n";
        assertThat(Samples.read(before).byMethod().get("RAND").gate())
                .isEqualTo(new RandomGate(new OpenRates.OfMethod("SCKD")));
        var after = Samples.MINIMAL + "methods: {RAND: {gate: {kind: random, method: SCKD}}, SCKD: {gate: cosine}}\n";
        assertThatThrownBy(() -> Samples.read(after))
                .hasMessage(
                        "file.yaml:5: methods.RAND.gate.method is 'SCKD', which is no method before 'RAND'; there is none before it");
    }

    /** Its losses and epochs are the stage's, not those of the method's own training. */
    @Test
    void aStageFollowsTheSameStage() {
        var stages =
                """
                stages: [{name: hint}]
                gate: cosine
                methods:
                  SCKD: {}
                """;
        var same = Samples.MINIMAL + stages + "  RAND: {gate: {kind: random, method: SCKD}}\n";
        assertThat(Samples.read(same).byMethod()).containsKey("RAND");
        assertThatThrownBy(() -> Samples.read(same.replace("SCKD: {}", "SCKD: {stages: []}")))
                .hasMessage(
                        "file.yaml:9: methods.RAND.gate.method is 'SCKD', which has no stage 'hint' to follow; expected a method with the same stages, or another gate for the stage");
        var own = Samples.MINIMAL + stages
                + "  RAND: {stages: [{name: hint, gate: {kind: random, method: SCKD}}, {name: next, gate: {kind: random, method: LATER}}]}\n"
                + "  LATER: {}\n";
        assertThatThrownBy(() -> Samples.read(own))
                .hasMessage(
                        "file.yaml:9: methods.RAND.stages[1].gate.method is 'LATER', which is no method before 'RAND'; known: SCKD");
        var alone =
                Samples.read(Samples.MINIMAL + "stages: [{name: a}, {name: b, gate: {kind: scaled, method: SCKD}}]\n");
        assertThatThrownBy(() -> FollowedRates.check(alone))
                .hasMessage(
                        "stages[1].gate.method is 'SCKD', but there are no methods; expected rate, or run with the directory of a run");
    }

    @Test
    void writtenAndReadAgainItIsTheSame() {
        for (var text : new String[] {
            "cosine",
            "{kind: schedule, shape: linear, epochs: 2.5}",
            "{kind: schedule, shape: constant, from: 2}",
            "{kind: random, run: a}",
            "{kind: product, of: [cosine, {kind: schedule, epochs: 3}]}",
            "{kind: ema, adapters: always}"
        }) {
            var experiment = Samples.read(Samples.MINIMAL + "gate: " + text + "\n");
            assertThat(Samples.read(ExperimentFile.toYaml(experiment))).isEqualTo(experiment);
        }
    }

    private static Gate gate(String text) {
        return Samples.read(Samples.MINIMAL + "gate: " + text + "\n").gate();
    }

    private static void assertFault(String gate, String message) {
        assertThatThrownBy(() -> gate(gate)).hasMessage(message);
    }
}
