package sckd.yaml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A mapping from names that the user chooses to values of one type; keeps their order.
 *
 * @param pattern of the names, told to editors; what holds the values checks it
 */
public record MapType<V>(String pattern, Type<V> value) implements Type<Map<String, V>> {
    @Override
    public String expected() {
        return "a mapping";
    }

    @Override
    public String label() {
        return "mapping: name to " + value.label();
    }

    @Override
    public Optional<Map<String, V>> read(YamlValue yaml, YamlPath path, Faults faults) {
        if (!(yaml instanceof YamlValue.Mapping mapping)) {
            faults.addUnexpected(yaml, path, expected());
            return Optional.empty();
        }
        var values = new LinkedHashMap<String, V>();
        mapping.values().forEach((name, entry) -> value.read(entry, path.child(name), faults)
                .ifPresent(read -> values.put(name, read)));
        return values.size() == mapping.values().size() ? Optional.of(ImmutableMap.copyOf(values)) : Optional.empty();
    }

    @Override
    public Object write(Map<String, V> values) {
        return new LinkedHashMap<>(Maps.transformValues(values, value::write));
    }

    @Override
    public ObjectNode schema(JsonSchema schema) {
        var node = schema.object().put("type", "object");
        node.putObject("propertyNames").put("pattern", pattern);
        node.set("additionalProperties", value.schema(schema));
        return node;
    }

    @Override
    public List<Type<?>> parts() {
        return List.of(value);
    }
}
