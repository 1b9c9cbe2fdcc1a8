package sckd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ImportReportTest {
    private static ImportReport report(
            List<Float> mean, List<String> names, long trainable, List<String> withoutGradient, List<String> notes) {
        return new ImportReport(
                "savedmodels/r20",
                "r20.zip",
                "4ca9",
                "images",
                "[?, 32, 32, 3]",
                "BGR",
                1 / 255f,
                mean,
                mean,
                271098,
                trainable,
                "linear/BiasAdd:0",
                3,
                names,
                Map.of("cifar10", .9173),
                withoutGradient,
                notes,
                List.of("sckd inspect savedmodels/r20"));
    }

    @Test
    void tellsWhatWasImportedAndWhatToDoNext() {
        assertThat(report(List.of(.5f, .25f, 1f), List.of("cat", "dog", "eel"), 269722, List.of(), List.of("a note"))
                        .text())
                .isEqualTo(
                        """
                        imported savedmodels/r20
                          origin      r20.zip
                          SHA-256     4ca9
                          input       images [?, 32, 32, 3], BGR
                          scaling     mean 0.5,0.25,1.0, std 0.5,0.25,1.0
                          parameters  271,098, of which 269,722 are trainable
                          logits      linear/BiasAdd:0
                          classes     3: cat, dog, eel
                          accuracy    91.73 % on cifar10, as told
                          student     can be trained
                          note        a note
                        next:
                          sckd inspect savedmodels/r20""");
    }

    @Test
    void tellsWhatIsUnknown() {
        assertThat(report(List.of(), List.of(), 269722, List.of(), List.of()).text())
                .contains("  scaling     unknown (--scale, --mean and --std state it)\n")
                .contains("  classes     3, their names unknown\n");
    }

    @Test
    void tellsWhyAModelCannotBeAStudent() {
        assertThat(report(List.of(), List.of(), 269722, List.of("TopKV2 (node 'top')"), List.of())
                        .text())
                .contains("  student     cannot be trained: no gradient goes through\n"
                        + "              TopKV2 (node 'top')\n");
        assertThat(report(List.of(), List.of(), 0, List.of(), List.of()).text())
                .contains("  student     cannot be trained: it has no trainable variables\n");
    }
}
