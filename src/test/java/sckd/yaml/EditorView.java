package sckd.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.List;

/** YAML as an editor reads it, to be held to a JSON Schema. */
public final class EditorView {
    private EditorView() {}

    /** The text with the overrides applied; both are valid YAML. */
    public static JsonNode of(String text, String... overrides) {
        var faults = new Faults();
        var value = YamlParser.parseFile(text, "file.yaml", faults)
                .map(root -> Overrides.apply(root, List.of(overrides), "key=value", faults))
                .orElseThrow();
        assertThat(faults.isEmpty()).isTrue();
        return json(value);
    }

    private static JsonNode json(YamlValue value) {
        if (value instanceof YamlValue.Mapping mapping) {
            var object = JsonNodeFactory.instance.objectNode();
            mapping.values().forEach((key, entry) -> object.set(key, json(entry)));
            return object;
        }
        if (value instanceof YamlValue.Sequence list) {
            var array = JsonNodeFactory.instance.arrayNode();
            list.items().forEach(item -> array.add(json(item)));
            return array;
        }
        var scalar = (YamlValue.Scalar) value;
        if (!scalar.quoted() && scalar.text().matches("true|false")) {
            return BooleanNode.valueOf(Boolean.parseBoolean(scalar.text()));
        }
        return !scalar.quoted() && scalar.text().matches("[-+.]?\\d.*")
                ? DecimalNode.valueOf(new BigDecimal(scalar.text()))
                : TextNode.valueOf(scalar.text());
    }
}
