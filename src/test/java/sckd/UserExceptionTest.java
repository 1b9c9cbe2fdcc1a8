package sckd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UserExceptionTest {
    @Test
    void aMessageStaysOnOneLine() {
        assertThat(new UserException("no node 'a\nb\u001b[31m'; expected one"))
                .hasMessage("no node 'a?b?[31m'; expected one");
    }
}
