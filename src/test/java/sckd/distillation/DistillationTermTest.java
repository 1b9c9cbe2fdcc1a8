package sckd.distillation;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DistillationTermTest {
    private static final Optional<String> NONE = Optional.empty();
    private static final Optional<String> LAYER = Optional.of("layer2_1");

    @Test
    void aFeatureLossWantsBothLayersAndALogitsLossMayNameThem() {
        assertThatCode(() -> term(new L2Loss(), LAYER, LAYER, 0)).doesNotThrowAnyException();
        assertThatCode(() -> term(new OutputLoss(4), NONE, NONE, 0.9f)).doesNotThrowAnyException();
        assertThatCode(() -> term(new OutputLoss(4), LAYER, NONE, 0.9f)).doesNotThrowAnyException();
    }

    @Test
    void refusesAMissingLayer() {
        assertThatThrownBy(() -> term(new L2Loss(), LAYER, NONE, 1))
                .hasMessage(
                        "student-layer is missing; expected a layer's name (`sckd inspect` lists them): the loss compares features");
        assertThatThrownBy(() -> term(new FitNetsLoss(), NONE, LAYER, 1))
                .hasMessage(
                        "teacher-layer is missing; expected a layer's name (`sckd inspect` lists them): the loss compares features");
    }

    @Test
    void theStudentDoesNotTeachWhatItIsTaughtBy() {
        assertThatThrownBy(() -> new DistillationTerm("own", new OutputLoss(4), "self", NONE, NONE, 1))
                .hasMessage(
                        "teacher is self, and the student's side is the logits too; expected a student-layer that is not what teaches");
        assertThatThrownBy(() -> new DistillationTerm("own", new L2Loss(), "self", LAYER, LAYER, 1))
                .hasMessage(
                        "teacher is self, and the student's side is layer 'layer2_1' too; expected a student-layer that is not what teaches");
    }

    @Test
    void refusesANegativeWeight() {
        assertThatThrownBy(() -> term(new OutputLoss(4), NONE, NONE, -0.5f))
                .hasMessage("weight is -0.5; expected at least 0 and finite");
        assertThatThrownBy(() -> term(new OutputLoss(4), NONE, NONE, Float.NaN))
                .hasMessage("weight is NaN; expected at least 0 and finite");
    }

    @Test
    void severalTeachersTeachTheirLogits() {
        assertThatCode(() -> term(new OutputLoss(4), List.of("one", "two"), NONE))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> term(new L2Loss(), List.of("one", "two"), LAYER))
                .hasMessage(
                        "teacher is [one, two]; expected one: the loss compares features, and an ensemble has logits alone");
        assertThatThrownBy(() -> term(new OutputLoss(4), List.of("one", "two", "one"), NONE))
                .hasMessage("teacher is [one, two, one]; expected each name once");
        assertThatThrownBy(() -> term(new OutputLoss(4), List.of(), NONE))
                .hasMessage("teacher is an empty list; expected a name, or a list of names");
    }

    private static void term(DistillationLoss loss, List<String> teachers, Optional<String> layers) {
        new DistillationTerm("both", loss, teachers, layers, layers, 1);
    }

    private static void term(
            DistillationLoss loss, Optional<String> teacherLayer, Optional<String> studentLayer, float weight) {
        new DistillationTerm("hint", loss, "resnet56", teacherLayer, studentLayer, weight);
    }
}
