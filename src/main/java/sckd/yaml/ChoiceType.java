package sckd.yaml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import sckd.Nearest;

/**
 * One of the names that another room knows.
 *
 * @param noun what a fault calls them: {@code data set}
 * @param known in the order to list them
 */
public record ChoiceType(String noun, List<String> known) implements Type<String> {
    @Override
    public String expected() {
        return "the name of a " + noun;
    }

    @Override
    public String label() {
        return "one of " + known.stream().map(ReferencePage::code).collect(Collectors.joining(", "));
    }

    @Override
    public Optional<String> read(YamlValue value, YamlPath path, Faults faults) {
        if (!(value instanceof YamlValue.Scalar scalar)) {
            faults.addUnexpected(value, path, expected());
            return Optional.empty();
        }
        if (!known.contains(scalar.text())) {
            var hint = Nearest.hint(scalar.text(), known);
            faults.add(value.place(), path, "unknown " + noun + " " + scalar.inQuotes() + "; " + hint);
            return Optional.empty();
        }
        return Optional.of(scalar.text());
    }

    @Override
    public Object write(String value) {
        return value;
    }

    @Override
    public ObjectNode schema(JsonSchema schema) {
        var node = schema.object().put("type", "string");
        known.forEach(node.withArray("/enum")::add);
        return node;
    }
}
