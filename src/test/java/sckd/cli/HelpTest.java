package sckd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {
    @ParameterizedTest
    @ValueSource(strings = {"train", "compare", "search", "evaluate", "inspect", "import", "create", "export"})
    void eachCommandExplainsItselfWithAnExample(String command) {
        var help = Sckd.run(command, "--help").assertFine().out();
        assertThat(help.lines()).allMatch(line -> line.length() <= 80);
        assertThat(help).contains("Usage: sckd " + command).contains("  --json").contains("  sckd " + command + " ");
        assertThat(Sckd.run("help", command).assertFine().out()).isEqualTo(help);
    }

    @ParameterizedTest
    @ValueSource(strings = {"train", "compare", "search", "evaluate", "inspect", "import", "create", "export"})
    void noWordIsBrokenAtItsFullStop(String command) {
        var help = Sckd.run(command, "--help").assertFine().out();
        assertThat(help).doesNotContainPattern("\\.\\R +[a-z]").doesNotContainPattern("[A-Z],\\R +[A-Z]");
    }

    @Test
    void aloneItShowsTheCommands() {
        var help = Sckd.run().assertFine().out();
        assertThat(help.lines()).allMatch(line -> line.length() <= 80);
        assertThat(help)
                .contains("Student Customized Knowledge Distillation")
                .contains("  train     Run an experiment.")
                .contains("  inspect   Show what is in a SavedModel")
                .contains("  import    Bring a pretrained classifier in.");
        assertThat(Sckd.run("--help").assertFine().out()).isEqualTo(help);
        assertThat(Sckd.run("help").assertFine().out()).isEqualTo(help);
    }

    @Test
    void evaluateNamesTheDataSets() {
        assertThat(Sckd.run("evaluate", "--help").out().replaceAll("\\s+", " "))
                .contains(
                        "cifar10, cifar100, mnist, fashion-mnist, tiny-imagenet, imagenet, image-folder, npz, tfrecord, shapes.");
    }

    @Test
    void versionsAreTold() {
        assertThat(Sckd.run("--version").assertFine().out().lines())
                .hasSize(3)
                .anyMatch(line -> line.startsWith("sckd "))
                .anyMatch(line -> line.matches("TensorFlow \\d+\\.\\d+\\.\\d+"))
                .anyMatch(line -> line.startsWith("Java "));
    }
}
