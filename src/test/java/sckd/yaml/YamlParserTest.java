package sckd.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import sckd.UserException;

class YamlParserTest {
    private static final String MINIMAL =
            """
            name: minimal
            data: {dataset: shapes}
            student: {model: "zoo:plain-cnn-2"}
            training: {epochs: 2, batch-size: 8, optimizer: {kind: sgd, learning-rate: 0.1}}
            """;

    @Test
    void duplicateKeysAreFaults() {
        assertFault(
                MINIMAL + "seed: 1\nseed: 2\ngate: {kind: none, kind: cosine}",
                """
                file.yaml:6: seed: given twice; first on line 5
                file.yaml:7: gate.kind: given twice; first on line 7""");
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheText() {
        assertThat(parse("\uFEFF" + MINIMAL)).isEqualTo(parse(MINIMAL));
    }

    @Test
    void lineEndsOfWindowsAreLineEnds() {
        assertThat(parse(MINIMAL.replace("\n", "\r\n"))).isEqualTo(parse(MINIMAL));
    }

    @Test
    void brokenYamlNamesTheLine() {
        assertFault("name: x\ndata: [a\nstudent: b\n", "file.yaml:3: no valid YAML: expected ',' or ']', but got :");
    }

    @Test
    void anAliasStandsForItsValue() {
        var root = parse(MINIMAL.replace("training:", "training: &plan")
                + "teachers: [{name: big, model: \"zoo:resnet8\", training: *plan}]");

        var own = (YamlValue.Mapping) YamlPath.parse("training").findDeepest(root);
        var alias = (YamlValue.Mapping) YamlPath.parse("teachers.big.training").findDeepest(root);
        assertThat(alias.values()).isEqualTo(own.values()).containsKey("epochs");
    }

    @Test
    void tagsMakeNoObjects() {
        assertFault(
                "name: !!javax.script.ScriptEngineManager [x]\n",
                "file.yaml:1: no valid YAML: Global tag is not allowed: tag:yaml.org,2002:javax.script.ScriptEngineManager");
        assertFault(
                MINIMAL.replace("name: minimal", "name: !local minimal"),
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
        assertFault(MINIMAL + "---\n" + MINIMAL, "file.yaml:5: no valid YAML: but found another document");
    }

    @Test
    void keysAreNames() {
        assertFault(MINIMAL + "? [a, b]\n: c\n", "file.yaml:5: has a list or a mapping as a key; expected a name");
    }

    private static YamlValue parse(String text) {
        var faults = new Faults();
        var root = YamlParser.parseFile(text, "file.yaml", faults);
        faults.check();
        return root.orElseThrow();
    }

    private static void assertFault(String text, String message) {
        assertThatThrownBy(() -> parse(text)).isInstanceOf(UserException.class).hasMessage(message);
    }
}
