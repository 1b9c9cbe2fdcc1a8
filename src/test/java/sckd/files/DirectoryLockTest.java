package sckd.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.UserException;

class DirectoryLockTest {
    @TempDir
    private Path directory;

    @Test
    void keepsOthersOutUntilItIsClosed() {
        try (var lock = DirectoryLock.acquire(directory)) {
            assertThatThrownBy(() -> DirectoryLock.acquire(directory))
                    .isInstanceOf(UserException.class)
                    .hasMessage(directory
                            + ": another process is at work there; wait until it ends, or name another directory");
        }
        try (var again = DirectoryLock.acquire(directory)) {
            assertThat(directory.resolve(".lock")).exists();
        }
    }

    @Test
    void aPlaceThatCannotBeWrittenIsNamed() {
        var missing = directory.resolve("missing");
        assertThatThrownBy(() -> DirectoryLock.acquire(missing))
                .isInstanceOf(UserException.class)
                .hasMessage(missing.resolve(".lock") + ": cannot be locked: no such file");
    }
}
