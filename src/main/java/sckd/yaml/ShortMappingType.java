package sckd.yaml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A mapping, or one value that says it shorter. Written as the one value where it can be.
 *
 * @param shorthand the type of the one value
 * @param shorten empty where only the mapping says it
 */
public record ShortMappingType<V, S>(
        Section<V> mapping, Type<S> shorthand, Function<S, V> expand, Function<V, Optional<S>> shorten)
        implements Type<V> {
    @Override
    public String expected() {
        return shorthand.expected() + " or " + mapping.expected();
    }

    @Override
    public String label() {
        return shorthand.label() + ", or " + mapping.label();
    }

    @Override
    public Optional<V> read(YamlValue value, YamlPath path, Faults faults) {
        if (value instanceof YamlValue.Mapping) {
            return mapping.read(value, path, faults);
        }
        if (!(value instanceof YamlValue.Scalar)) {
            faults.addUnexpected(value, path, expected());
            return Optional.empty();
        }
        return shorthand.read(value, path, faults).map(expand);
    }

    @Override
    public Object write(V value) {
        return shorten.apply(value).map(shorthand::write).orElseGet(() -> mapping.write(value));
    }

    @Override
    public ObjectNode schema(JsonSchema schema) {
        var node = schema.object();
        node.withArray("/anyOf").add(shorthand.schema(schema)).add(mapping.schema(schema));
        return node;
    }

    @Override
    public List<Type<?>> parts() {
        return List.of(shorthand, mapping);
    }
}
