package sckd.yaml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * One key of a section.
 *
 * @param absent the value where the key is left out; empty: it may not be
 * @param get the value in a record, to write it
 * @param meaning a sentence or two
 */
record Key<T, V>(String name, Type<V> type, Optional<V> absent, Function<T, V> get, String meaning)
        implements Part<T, V> {
    @Override
    public Set<String> keys(YamlValue.Mapping mapping) {
        return Set.of(name);
    }

    @Override
    public Optional<V> read(YamlValue.Mapping mapping, YamlPath path, Faults faults) {
        var value = mapping.find(name);
        if (value.isPresent()) {
            return type.read(value.get(), path.child(name), faults);
        }
        if (absent.isEmpty()) {
            faults.add(mapping.place(), path.child(name), "missing; expected " + type.expected());
        }
        return absent;
    }

    @Override
    public void write(T whole, Map<String, Object> into) {
        var value = get.apply(whole);
        if (!value.equals(Optional.empty())) {
            into.put(name, type.write(value));
        }
    }

    @Override
    public List<ObjectNode> extend(List<ObjectNode> variants, JsonSchema schema) {
        for (var variant : variants) {
            var node = type.schema(schema).put("description", meaning);
            defaultValue().ifPresent(value -> node.putPOJO("default", value));
            variant.withObject("/properties").set(name, node);
            if (absent.isEmpty()) {
                variant.withArray("/required").add(name);
            }
        }
        return variants;
    }

    @Override
    public List<String> cells() {
        var otherwise = absent.isEmpty()
                ? "required"
                : defaultValue().map(ReferencePage::code).orElse("none");
        return List.of(ReferencePage.code(name), type.label(), otherwise, meaning);
    }

    @Override
    public List<Type<?>> types() {
        return List.of(type);
    }

    private Optional<Object> defaultValue() {
        return absent.filter(value -> !value.equals(Optional.empty())).map(type::write);
    }
}
