package sckd.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Holds the committed reference to the declarations; {@code mvn test -Dtest=GeneratedDocsTest -Dsckd.update=true} writes it anew. */
class GeneratedDocsTest {
    @Test
    void referencePageIsUpToDate() throws IOException {
        check(Path.of("docs/experiment.md"), ExperimentReference.page());
    }

    @Test
    void schemaIsUpToDate() throws IOException {
        check(Path.of("docs/experiment.schema.json"), ExperimentReference.jsonSchema());
    }

    private static void check(Path file, String generated) throws IOException {
        if (Boolean.getBoolean("sckd.update")) {
            Files.writeString(file, generated);
        }
        assertThat(Files.readString(file))
                .as("%s; `mvn test -Dtest=GeneratedDocsTest -Dsckd.update=true` writes it anew", file)
                .isEqualTo(generated);
    }
}
