package sckd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Strings;
import org.junit.jupiter.api.Test;

class HangingTextTest {
    @Test
    void wrapsBetweenWordsBelowTheFirst() {
        var lines = new HangingText("  note", 8).lines(Strings.repeat("abcde ", 13) + "x");
        // 8 + 12 · 6 − 1 = 79 columns hold twelve words; the thirteenth would end at 85
        assertThat(lines)
                .containsExactly("  note  " + Strings.repeat("abcde ", 12).strip(), " ".repeat(8) + "abcde x");
    }

    @Test
    void aLineMayBeFull() {
        var word = "w".repeat(HangingText.WIDTH / 2);
        var rest = "r".repeat(HangingText.WIDTH / 2 - 1);
        assertThat(new HangingText("", 0).lines(word + " " + rest)).containsExactly(word + " " + rest);
        assertThat(new HangingText("", 0).lines(word + " " + rest + "r")).containsExactly(word, rest + "r");
    }

    @Test
    void aLongWordKeepsItsLine() {
        var path = "/" + "p".repeat(100);
        assertThat(new HangingText("at", 4).lines(path + " end")).containsExactly("at  " + path, "    end");
    }

    @Test
    void emptyTextLeavesTheLabel() {
        assertThat(new HangingText("at", 4).lines("")).containsExactly("at");
    }
}
