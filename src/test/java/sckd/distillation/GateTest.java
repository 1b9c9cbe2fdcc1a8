package sckd.distillation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.primitives.Floats;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import sckd.UserException;
import sckd.autodiff.Gradient;
import sckd.autodiff.LossGradients;
import sckd.autodiff.TestGraph;

class GateTest {
    private static final Shape TWO = Shape.of(2);

    private final TestGraph graph = new TestGraph();
    /** Over two variables: g_S = (3 4 | 0 0). Cosines of g_k with it: .6 · 3/5 …, see each. */
    private final LossGradients gradients = LossGradients.build(
            graph.tf,
            gradient(vector(3, 4), vector(0, 1)), // ‖g_S‖² = 26
            List.of(
                    gradient(vector(3, 4), vector(0, -1)), // ⟨⟩ = 24, ‖g‖² = 26: cos 24/26
                    gradient(vector(-3, -4), vector(0, 25)), // 0: orthogonal
                    gradient(vector(-3, 0), vector(0, -1)), // −10, ‖g‖² = 10: cos −10/√260
                    gradient(vector(0, 0), Optional.empty()))); // a zero gradient

    @AfterEach
    void close() {
        graph.close();
    }

    @Test
    void cosineGateIsOpenAboveZeroAndClosedAtZero() {
        assertThat(gates(new CosineGate(0))).containsExactly(1, 0, 0, 0);
    }

    @Test
    void cosineGateFollowsItsThreshold() {
        assertThat(gates(new CosineGate(0.923f))).containsExactly(1, 0, 0, 0); // 24/26 = .92308
        assertThat(gates(new CosineGate(0.924f))).containsExactly(0, 0, 0, 0);
        assertThat(gates(new CosineGate(-0.1f))).containsExactly(1, 1, 0, 1);
        assertThat(gates(new CosineGate(-0.621f))).containsExactly(1, 1, 1, 1); // −10/√260 = −.62017
    }

    @Test
    void gatesRefuseAThresholdThatIsNoCosine() {
        assertThatThrownBy(() -> new CosineGate(1.5f)).hasMessage("threshold is 1.5; expected -1 to 1");
        assertThatThrownBy(() -> new CosineGate(Float.NaN)).hasMessage("threshold is NaN; expected -1 to 1");
        assertThatThrownBy(() -> new InverseGate(-2)).hasMessage("threshold is -2.0; expected -1 to 1");
        assertThatThrownBy(() -> new EmaGate(0, 0)).hasMessage("rate is 0.0; expected more than 0 to 1");
    }

    @Test
    void openGateIsOpenForEveryLoss() {
        assertThat(gates(new OpenGate(false))).containsExactly(1, 1, 1, 1);
        assertThat(gates(new OpenGate(true))).containsExactly(1, 1, 1, 1);
    }

    @Test
    void aGateNeedsGradientsOnlyToLookAtThem() {
        assertThat(new CosineGate(0).usesGradients()).isTrue();
        assertThat(new OpenGate(true).usesGradients()).isTrue();
        assertThat(new OpenGate(false).usesGradients()).isFalse();
        assertThat(new RandomGate(new OpenRates.Fixed(1)).usesGradients()).isFalse();
        assertThat(new AdaptersAlwaysLearn(new OpenGate(false)).usesGradients()).isTrue();
    }

    @Test
    void aGateThatSaysThatItUsesNoGradientsIsToldWhatToOverride() {
        var inputs = new GateInputs(
                List.of("a"), List.of(1f), Optional.empty(), graph.tf.constant(1L), graph.tf.constant(0f), 1);
        assertThatThrownBy(inputs::products)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "the gate asks for products of gradients, but its usesGradients() is false, so that the step has none of each loss; override usesGradients() to give true");
    }

    @Test
    void weightedGateIsTheCosineWhereItIsPositive() {
        var gates = gates(new WeightedGate());
        assertThat(gates[0]).isEqualTo(24.0 / 26, within(1e-6));
        assertThat(List.of(gates[1], gates[2], gates[3])).containsExactly(0.0, 0.0, 0.0);
    }

    @Test
    void inverseGateIsOpenExactlyWhereTheCosineGateIsClosed() {
        for (float threshold : new float[] {-.7f, -.1f, 0, .5f, .95f}) {
            var open = gates(new CosineGate(threshold));
            var inverse = gates(new InverseGate(threshold));
            for (int k = 0; k < 4; k++) {
                assertThat(open[k] + inverse[k]).isEqualTo(1);
            }
        }
    }

    /** Σ α_k g_k = α₀(3 4|0 −1) + α₂(−3 0|0 −1); its product with g_S is 24 α₀ − 10 α₂. */
    @Test
    void aggregateGateDecidesBySumOfTheWeightedGradients() {
        assertThat(gates(new AggregateGate(0), 1, 0, 2.3f, 1)).containsExactly(1, 1, 1, 1); // 24 − 23
        assertThat(gates(new AggregateGate(0), 1, 0, 2.5f, 1)).containsExactly(0, 0, 0, 0); // 24 − 25
        double cosine = 14 / (Math.sqrt(26) * Math.sqrt(0 + 16 + 4)); // α = 1, 0, 1: (0 4|0 −2)
        assertThat(gates(new AggregateGate((float) cosine - 1e-3f), 1, 0, 1, 1)).containsExactly(1, 1, 1, 1);
        assertThat(gates(new AggregateGate((float) cosine + 1e-3f), 1, 0, 1, 1)).containsExactly(0, 0, 0, 0);
    }

    @Test
    void perVariableGateDecidesForEachVariableAlone() {
        var output = new PerVariableGate(0).build(graph.tf, inputs(1, 1, 1, 1));
        assertThat(graph.read(output.byVariable().orElseThrow())).containsExactly(1, 0, 0, 1, 0, 0, 0, 0);
        assertThat(graph.read(output.gates())).containsExactly(.5, .5, 0, 0);
    }

    /** Of g_S is taken away Σ α_k min(0, ⟨g_S, g_k⟩)/‖g_S‖², here 2 · −10/26: what is left of g_2 is orthogonal to g_S. */
    @Test
    void projectGateTakesAwayWhatPointsAgainstTheSupervisedGradient() {
        var output = new ProjectGate().build(graph.tf, inputs(1, 1, 2, 1));
        assertThat(graph.read(output.gates())).containsExactly(1, 1, 1, 1);
        assertThat(graph.read(output.logged())).as("left as they are").containsExactly(1, 1, 0, 1);
        double shift = graph.read(output.supervisedShift().orElseThrow())[0];
        assertThat(shift).isEqualTo(20.0 / 26, within(1e-6));
        assertThat(2 * -10 + shift * 26).isEqualTo(0, within(1e-5)); // ⟨g_S, α_2 g_2 + shift g_S⟩
    }

    @Test
    void scheduleGateGoesFromOneValueToTheOther() {
        var step = new ScheduleGate(ScheduleGate.Shape.STEP, 2, 1, 0);
        assertThat(gateAt(step, 0)).isEqualTo(1);
        assertThat(gateAt(step, 1.99f)).isEqualTo(1);
        assertThat(gateAt(step, 2)).isEqualTo(0);
        assertThat(gateAt(step, 7)).isEqualTo(0);
        var linear = new ScheduleGate(ScheduleGate.Shape.LINEAR, 4, .2f, 1);
        assertThat(gateAt(linear, 1)).isEqualTo(.2 + .8 / 4, within(1e-6));
        assertThat(gateAt(linear, 9)).isEqualTo(1, within(1e-6));
        var cosine = new ScheduleGate(ScheduleGate.Shape.COSINE, 3, 1, 0);
        assertThat(gateAt(cosine, 1)).isEqualTo((1 + Math.cos(Math.PI / 3)) / 2, within(1e-6));
    }

    @Test
    void scaledGateIsTheRate() {
        assertThat(gates(new ScaledGate(new OpenRates.Fixed(.25f)))).containsExactly(.25, .25, .25, .25);
    }

    /** 4 losses · 500 steps of rate .3: standard deviation of the mean √(.21/2000) = .0102. */
    @Test
    void randomGateOpensAtItsRateAndDependsOnSeedAndStepAlone() {
        var gate = new RandomGate(new OpenRates.Fixed(.3f));
        double open = 0;
        for (int step = 1; step <= 500; step++) {
            for (double one : draw(gate, step, 1)) {
                open += one;
            }
        }
        assertThat(open / 2000).isEqualTo(.3, within(.04));
        assertThat(draw(gate, 7, 1)).containsExactly(draw(gate, 7, 1));
        var halves = new RandomGate(new OpenRates.Fixed(.5f));
        assertThat(sequence(halves, 1)).isNotEqualTo(sequence(halves, 2));
    }

    @Test
    void adaptersMayLearnInEveryStep() {
        var output = new AdaptersAlwaysLearn(new CosineGate(0)).build(graph.tf, inputs(1, 1, 1, 1));
        assertThat(graph.read(output.gates())).containsExactly(1, 0, 0, 0);
        assertThat(graph.read(output.adapters())).containsExactly(1, 1, 1, 1);
    }

    @Test
    void ratesAreGivenToControlsAlone() {
        var followed = new OpenRates.OfMethod("SCKD");
        var known = new OpenRates.Fixed(.5f);
        var control = new AdaptersAlwaysLearn(new ScaledGate(followed));
        assertThat(control.givenRates()).contains(followed);
        assertThat(control.withRates(known)).isEqualTo(new AdaptersAlwaysLearn(new ScaledGate(known)));
        var looks = new AdaptersAlwaysLearn(new CosineGate(0));
        assertThat(looks.givenRates()).isEmpty();
        assertThat(looks.withRates(known)).isEqualTo(looks);
    }

    @Test
    void productGateMultipliesWhatItsGatesDecide() {
        var half = new ScheduleGate(ScheduleGate.Shape.LINEAR, 4, 0, 1); // .5 at epoch 2
        var always = new AdaptersAlwaysLearn(new CosineGate(0));
        var output = new ProductGate(List.of(new WeightedGate(), half, always))
                .build(graph.tf, inputs(List.of(1f, 1f, 1f, 1f), 1, 2, 1));
        double[] expected = {.5 * 24 / 26, 0, 0, 0};
        assertThat(graph.read(output.gates()))
                .usingComparatorWithPrecision(1e-6)
                .containsExactly(expected);
        assertThat(graph.read(output.logged()))
                .usingComparatorWithPrecision(1e-6)
                .containsExactly(expected);
        assertThat(graph.read(output.adapters()))
                .usingComparatorWithPrecision(1e-6)
                .containsExactly(expected);
        assertThat(output.byVariable()).isEmpty();
        var adapters = new ProductGate(List.of(half, always)).build(graph.tf, inputs(List.of(1f, 1f, 1f, 1f), 1, 2, 1));
        assertThat(graph.read(adapters.gates())).containsExactly(.5, 0, 0, 0);
        assertThat(graph.read(adapters.adapters())).containsExactly(.5, .5, .5, .5);
    }

    @Test
    void productGateMultipliesForEachVariable() {
        var output = new ProductGate(List.of(new ScaledGate(new OpenRates.Fixed(.5f)), new PerVariableGate(0)))
                .build(graph.tf, inputs(1, 1, 1, 1));
        assertThat(graph.read(output.byVariable().orElseThrow())).containsExactly(.5, 0, 0, .5, 0, 0, 0, 0);
        assertThat(graph.read(output.gates())).containsExactly(.25, .25, 0, 0);
    }

    /** Rates .5 and .5: open together in a quarter of 2000; standard deviation of the mean √(.1875/2000) = .0097. */
    @Test
    void gatesOfAProductDrawEachForItself() {
        var half = new RandomGate(new OpenRates.Fixed(.5f));
        var both = new ProductGate(List.of(half, half));
        double open = 0;
        for (int step = 1; step <= 500; step++) {
            for (double one : draw(both, step, 1)) {
                open += one;
            }
        }
        assertThat(open / 2000).isEqualTo(.25, within(.04));
        assertThat(sequence(both, 1)).isNotEqualTo(sequence(both, 2));
    }

    @Test
    void aProductNeedsGradientsWhereOneOfItsGatesDoes() {
        var step = new ScheduleGate(ScheduleGate.Shape.STEP, 2, 1, 0);
        assertThat(new ProductGate(List.of(step, step)).usesGradients()).isFalse();
        assertThat(new ProductGate(List.of(step, new CosineGate(0))).usesGradients())
                .isTrue();
    }

    @Test
    void aProductRefusesWhatCannotBeMultiplied() {
        assertRefused(
                "gate.of[1] changes gradients in ways that no γ tells, and cannot be multiplied; expected another gate there, or it alone in place of the product",
                new CosineGate(0),
                new ProjectGate());
        assertRefused(
                "gate.of[0] and gate.of[2] both remember 'gate/average'; expected one of them alone",
                new EmaGate(.1f, 0),
                new CosineGate(0),
                new EmaGate(.5f, 0));
    }

    private void assertRefused(String message, Gate... gates) {
        var product = new ProductGate(List.of(gates));
        assertThatThrownBy(() -> product.build(graph.tf, inputs(1, 1, 1, 1)))
                .isInstanceOf(UserException.class)
                .hasMessage(message);
    }

    private String sequence(Gate gate, long seed) {
        var text = new StringBuilder();
        for (int step = 1; step <= 8; step++) {
            for (double one : draw(gate, step, seed)) {
                text.append((int) one);
            }
        }
        return text.toString();
    }

    private double[] draw(Gate gate, long step, long seed) {
        var tf = graph.tf;
        return graph.read(
                gate.build(tf, inputs(List.of(1f, 1f, 1f, 1f), step, 0, seed)).gates());
    }

    private double gateAt(Gate gate, float epoch) {
        var inputs = inputs(List.of(1f, 1f, 1f, 1f), 1, epoch, 1);
        return graph.read(gate.build(graph.tf, inputs).gates())[3];
    }

    private double[] gates(Gate gate, float... weights) {
        var inputs = weights.length == 0 ? inputs(1, 1, 1, 1) : inputs(weights);
        return graph.read(gate.build(graph.tf, inputs).gates());
    }

    private GateInputs inputs(float... weights) {
        return inputs(Floats.asList(weights), 1, 0, 1);
    }

    private GateInputs inputs(List<Float> weights, long step, float epoch, long seed) {
        return new GateInputs(
                List.of("a", "b", "c", "d"),
                weights,
                Optional.of(gradients),
                graph.tf.constant(step),
                graph.tf.constant(epoch),
                seed);
    }

    private static Gradient gradient(Optional<Operand<TFloat32>> one, Optional<Operand<TFloat32>> other) {
        return new Gradient(List.of(one, other));
    }

    private Optional<Operand<TFloat32>> vector(double... values) {
        return Optional.of(graph.input(TWO, values));
    }
}
