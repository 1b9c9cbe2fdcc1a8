package sckd.yaml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** {@code true} or {@code false}, no other words. */
public record FlagType() implements Type<Boolean> {
    @Override
    public String expected() {
        return label();
    }

    @Override
    public String label() {
        return "true or false";
    }

    @Override
    public Optional<Boolean> read(YamlValue value, YamlPath path, Faults faults) {
        if (value instanceof YamlValue.Scalar scalar && !scalar.quoted()) {
            if (scalar.text().equals("true") || scalar.text().equals("false")) {
                return Optional.of(Boolean.valueOf(scalar.text()));
            }
        }
        faults.addUnexpected(value, path, expected());
        return Optional.empty();
    }

    @Override
    public Object write(Boolean value) {
        return value;
    }

    @Override
    public ObjectNode schema(JsonSchema schema) {
        return schema.object().put("type", "boolean");
    }
}
