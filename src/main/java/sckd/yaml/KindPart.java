package sckd.yaml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * {@code kind:} and the keys of that kind, which stand in the same mapping as the section's own.
 *
 * @param get the value in the section's record, to write it
 */
record KindPart<T, K>(Kinds<K> kinds, Function<T, K> get) implements Part<T, K> {
    static final String KEY = "kind";

    /** Those of the kind; of all kinds where it is not known which, as there is a fault already. */
    @Override
    public Set<String> keys(YamlValue.Mapping mapping) {
        var names = new LinkedHashSet<>(Set.of(KEY));
        kinds.find(mapping)
                .<List<Section<? extends K>>>map(List::of)
                .orElseGet(() -> List.copyOf(kinds.sections().values()))
                .forEach(section -> names.addAll(section.keys(mapping)));
        return names;
    }

    @Override
    public Optional<K> read(YamlValue.Mapping mapping, YamlPath path, Faults faults) {
        return kinds.read(mapping, path, faults).flatMap(section -> section.readParts(mapping, path, faults));
    }

    @Override
    public void write(T whole, Map<String, Object> into) {
        var value = get.apply(whole);
        var entry = kinds.entryOf(value);
        into.put(KEY, entry.getKey());
        entry.getValue().writeParts(value, into);
    }

    @Override
    public List<ObjectNode> extend(List<ObjectNode> variants, JsonSchema schema) {
        var extended = new ArrayList<ObjectNode>();
        kinds.sections().forEach((name, section) -> {
            List<ObjectNode> ofKind = new ArrayList<>();
            for (var variant : variants) {
                var copy = variant.deepCopy().put("description", section.meaning());
                copy.withObject("/properties").putObject(KEY).put("const", name);
                copy.withArray("/required").add(KEY);
                ofKind.add(copy);
            }
            extended.addAll(section.extend(ofKind, schema));
        });
        return extended;
    }

    @Override
    public List<String> cells() {
        var names = kinds.sections().keySet().stream().map(ReferencePage::code).collect(Collectors.joining(", "));
        return List.of(ReferencePage.code(KEY), names, "required", "Which " + kinds.noun() + ": see the next table.");
    }

    @Override
    public Optional<Kinds<?>> offered() {
        return Optional.of(kinds);
    }

    @Override
    public List<Type<?>> types() {
        return kinds.sections().values().stream()
                .flatMap(section -> section.parts().stream())
                .toList();
    }
}
