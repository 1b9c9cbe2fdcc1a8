package sckd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * Real models and images that lie beside the project: {@code ../shared}, or the directory that {@code -Dsckd.shared} names. A test that needs
 * them skips where they are absent; where {@code SCKD_REQUIRE_SHARED} is set it fails.
 */
public final class Shared {
    private static final Path ROOT = Path.of(System.getProperty("sckd.shared", "../shared"));

    private Shared() {}

    /** A file or directory of them, such as {@code models/resnet20-cifar10}. */
    public static Path require(String path) {
        var found = ROOT.resolve(path);
        if (System.getenv("SCKD_REQUIRE_SHARED") != null) {
            assertThat(found).exists();
        }
        Assumptions.assumeTrue(Files.exists(found), found + " is absent: not checked");
        return found;
    }
}
