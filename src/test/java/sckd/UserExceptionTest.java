package sckd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class UserExceptionTest {
    @Test
    void aMessageStaysOnOneLine() {
        assertThat(new UserException("no node 'a\nb\u001b[31m'; expected one"))
                .hasMessage("no node 'a?b?[31m'; expected one");
    }

    @Test
    void aLongNameIsCut() {
        assertThat(UserException.shorten("x".repeat(200))).isEqualTo("x".repeat(200));
        assertThat(UserException.shorten("x".repeat(201))).isEqualTo("x".repeat(200) + "…");
    }

    @Test
    void severalMessagesHaveALineEach() {
        assertThat(UserException.ofLines(List.of("x is 1; expected 2", "no node 'a\nb'")))
                .hasMessage("x is 1; expected 2\nno node 'a?b'");
    }
}
