package sckd.yaml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/** A value that may be left out altogether; the section does not write an empty one. */
record OptionalType<V>(Type<V> value) implements Type<Optional<V>> {
    @Override
    public String expected() {
        return value.expected();
    }

    @Override
    public String label() {
        return value.label();
    }

    @Override
    public Optional<Optional<V>> read(YamlValue yaml, YamlPath path, Faults faults) {
        return value.read(yaml, path, faults).map(Optional::of);
    }

    @Override
    public Object write(Optional<V> present) {
        return value.write(present.orElseThrow());
    }

    @Override
    public ObjectNode schema(JsonSchema schema) {
        return value.schema(schema);
    }

    @Override
    public List<Type<?>> parts() {
        return List.of(value);
    }
}
