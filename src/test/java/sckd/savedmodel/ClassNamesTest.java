package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.UserException;

class ClassNamesTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("classes.txt");
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> ClassNames.read(file))
                .isInstanceOf(UserException.class)
                .hasMessage(file + ": " + message);
    }

    @Test
    void oneNameALine() throws IOException {
        Files.writeString(file, "\uFEFFairplane\r\nred fox \r\nmaillot\r\nmaillot\r\n\r\n");
        assertThat(ClassNames.read(file)).containsExactly("airplane", "red fox", "maillot", "maillot");
    }

    @Test
    void refusesAnEmptyLineBetweenNames() throws IOException {
        Files.writeString(file, "airplane\n\nbird\n");
        assertRefused("line 2 is empty; expected the name of a class on each line");
    }

    @Test
    void refusesAnEmptyFile() throws IOException {
        Files.writeString(file, "\n\n");
        assertRefused("is empty; expected the name of a class on each line");
    }

    @Test
    void refusesWhatIsNoText() throws IOException {
        Files.write(file, new byte[] {'a', (byte) 0xff, (byte) 0xfe});
        assertRefused("is not UTF-8 text; expected the name of a class on each line");
    }

    @Test
    void refusesAMissingFile() {
        assertRefused("cannot be read: no such file");
    }
}
