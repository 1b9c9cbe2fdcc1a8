package sckd.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import sckd.UserException;

class YamlParserTest {
    @Test
    void duplicateKeysAreFaults() {
        assertFault(
                Samples.MINIMAL + "seed: 1\nseed: 2\ngate: {kind: none, kind: cosine}",
                """
                file.yaml:6: seed: given twice; first on line 5
                file.yaml:7: gate.kind: given twice; first on line 7""");
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheText() {
        assertThat(Samples.read("\uFEFF" + Samples.MINIMAL)).isEqualTo(Samples.read(Samples.MINIMAL));
    }

    @Test
    void lineEndsOfWindowsAreLineEnds() {
        assertThat(Samples.read(Samples.MINIMAL.replace("\n", "\r\n"))).isEqualTo(Samples.read(Samples.MINIMAL));
    }

    @Test
    void brokenYamlNamesTheLine() {
        assertFault("name: x\ndata: [a\nstudent: b\n", "file.yaml:3: no valid YAML: expected ',' or ']', but got :");
    }

    @Test
    void anAliasStandsForItsValue() {
        var experiment = Samples.read(Samples.MINIMAL.replace("training:", "training: &plan")
                + "teachers: [{name: big, model: \"zoo:resnet8\", training: *plan}]");

        assertThat(experiment.teachers().get(0).training()).contains(experiment.training());
    }

    @Test
    void tagsMakeNoObjects() {
        assertFault(
                "name: !!javax.script.ScriptEngineManager [x]\n",
                "file.yaml:1: no valid YAML: Global tag is not allowed: tag:yaml.org,2002:javax.script.ScriptEngineManager");
        assertFault(
                Samples.MINIMAL.replace("name: minimal", "name: !local minimal"),
                "file.yaml:1: name: has the tag !local; expected a value without a tag");
    }

    @Test
    void aliasesDoNotExpandWithoutEnd() {
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            bomb.append("a%d: &a%d [*a%d, *a%d, *a%d, *a%d]\n".formatted(i, i, i - 1, i - 1, i - 1, i - 1));
        }
        assertFault(bomb.toString(), "file.yaml:1: no valid YAML: more than 20 levels or 10000 values");
    }

    @Test
    void aliasesDoNotHoldThemselves() {
        assertFault("name: &a [*a]\n", "file.yaml:1: no valid YAML: more than 20 levels or 10000 values");
    }

    @Test
    void thereIsOneDocument() {
        assertFault(
                Samples.MINIMAL + "---\n" + Samples.MINIMAL, "file.yaml:5: no valid YAML: but found another document");
    }

    @Test
    void keysAreNames() {
        assertFault(
                Samples.MINIMAL + "? [a, b]\n: c\n", "file.yaml:5: has a list or a mapping as a key; expected a name");
    }

    private static void assertFault(String text, String message) {
        assertThatThrownBy(() -> Samples.read(text))
                .isInstanceOf(UserException.class)
                .hasMessage(message);
    }
}
