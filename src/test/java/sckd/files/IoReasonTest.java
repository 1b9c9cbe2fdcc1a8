package sckd.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class IoReasonTest {
    @Test
    void theMessageWhereThereIsOne() {
        assertThat(IoReason.of(new IOException("No space left on device"))).isEqualTo("No space left on device");
    }

    @Test
    void theKindWhereTheMessageIsOnlyThePath() {
        assertThat(IoReason.of(new AccessDeniedException("a/b"))).isEqualTo("access denied: a/b");
    }

    @Test
    void noPathThatIsNamedAlready() {
        assertThat(IoReason.of(new AccessDeniedException("a/b"), Path.of("a/b")))
                .isEqualTo("access denied");
        assertThat(IoReason.of(new AccessDeniedException("a/b"), Path.of("a"))).isEqualTo("access denied: a/b");
    }

    @Test
    void theSystemsReasonBeforeThePath() {
        assertThat(IoReason.of(new FileSystemException("a/b", null, "File name too long")))
                .isEqualTo("File name too long: a/b");
    }

    @Test
    void aFileThatEndsTooEarly() {
        assertThat(IoReason.of(new EOFException())).isEqualTo("the file ends too early");
    }

    @Test
    void oneLineWithoutAFullStop() {
        assertThat(IoReason.of(new IOException("first\nsecond."))).isEqualTo("first second");
    }
}
