package sckd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
    @Test
    void findsTheNameWithTheFewestEdits() {
        assertThat(Nearest.find("plain-cnn-12", List.of("plain-cnn-2", "plain-cnn-10", "resnet8")))
                .contains("plain-cnn-10");
        assertThat(Nearest.find("resnet-56", List.of("resnet20", "resnet56"))).contains("resnet56");
        assertThat(Nearest.find("seeds", List.of("seed"))).contains("seed");
    }

    @Test
    void swappedLettersAreOneEdit() {
        assertThat(Nearest.find("gaet", List.of("gate"))).contains("gate");
        assertThat(Nearest.find("gtea", List.of("gate"))).isEmpty();
    }

    @Test
    void findsNothingWhereNothingIsNear() {
        assertThat(Nearest.find("importance", List.of("weight"))).isEmpty();
        assertThat(Nearest.find("data", List.of("gate"))).isEmpty();
        assertThat(Nearest.find("x", List.of())).isEmpty();
    }

    @Test
    void hintsAtAllWhereNothingIsNear() {
        assertThat(Nearest.hint("importance", List.of("weight", "name"))).isEqualTo("known: name, weight");
        assertThat(Nearest.hint("wieght", List.of("weight", "name"))).isEqualTo("nearest: weight");
    }
}
