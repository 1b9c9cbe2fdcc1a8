package sckd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import sckd.zoo.Zoo;

class CreateReportTest {
    @Test
    void tellsWhatWasCreatedAndWhatToDoNext() {
        var report = new CreateReport(
                "savedmodels/s",
                "resnet20",
                10,
                List.of(32, 16, 3),
                7,
                274042,
                272474,
                40813184,
                List.of("sckd inspect savedmodels/s", "sckd train my.yaml"));
        assertThat(report.text())
                .isEqualTo(
                        """
                        created savedmodels/s: resnet20, untrained, seed 7
                          input          images of 32x16x3
                          classes        10
                          parameters     274,042, of which 272,474 are trainable
                          multiply-adds  40,813,184 for one image
                        next:
                          sckd inspect savedmodels/s
                          sckd train my.yaml""");
    }

    @Test
    void listsArchitecturesAndThoseThatDoNotFit() throws IOException {
        var report = Sckd.run("create", "--list", "--json", "--classes", "100", "--image", "8x8x1")
                .assertFine()
                .json();
        assertThat(report.get("classes").asInt()).isEqualTo(100);
        assertThat(report.get("image").toString()).isEqualTo("[8,8,1]");
        assertThat(report.get("architectures").size()
                        + report.get("imageTooSmallFor").size())
                .isEqualTo(Zoo.names().size());
        assertThat(report.get("imageTooSmallFor").toString()).contains("plain-cnn-10");
        assertThat(report.get("forms").toString()).contains("\"wrn-DEPTH-WIDTH, depth 6n + 4\"");
        assertThat(report.at("/architectures/0").fieldNames())
                .toIterable()
                .containsExactly("name", "parameters", "multiplyAdds");

        assertThat(Sckd.run("create", "--list", "--image", "8x8x1")
                        .assertFine()
                        .out()
                        .lines())
                .allMatch(line -> line.length() <= 80)
                .contains("For 10 classes; multiply-adds for one image of 8x8x1.")
                .anyMatch(line -> line.startsWith("Names have these forms: plain-cnn-DEPTH; "))
                .anyMatch(line -> line.startsWith("Such an image is too small for plain-cnn-"));
    }
}
