package sckd.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NestingTest {
    @TempDir
    private Path directory;

    @Test
    void itselfAndWhatIsOrWouldBeInItAreContained() throws IOException {
        var outer = Files.createDirectories(directory.resolve("a/b"));
        assertThat(Nesting.contains(outer, outer)).isTrue();
        assertThat(Nesting.contains(outer, outer.resolve("new/deeper"))).isTrue();
        assertThat(Nesting.contains(outer, directory.resolve("a/c/../b/new"))).isTrue();
        assertThat(Nesting.contains(outer, directory.resolve("a"))).isFalse();
        assertThat(Nesting.contains(outer, directory.resolve("a/bc"))).isFalse();
        assertThat(Nesting.contains(directory.resolve("none"), directory.resolve("none/x")))
                .isFalse();
    }

    @Test
    void linksAreFollowed() throws IOException {
        var outer = Files.createDirectories(directory.resolve("a/b"));
        var link = Files.createSymbolicLink(directory.resolve("link"), outer);
        assertThat(Nesting.contains(outer, link)).isTrue();
        assertThat(Nesting.contains(outer, link.resolve("new"))).isTrue();
        assertThat(Nesting.contains(link, outer.resolve("new"))).isTrue();
    }
}
