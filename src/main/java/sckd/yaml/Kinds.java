package sckd.yaml;

import com.google.common.collect.ImmutableMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The things of one sort that a file may name, each with keys of its own. A new one is one more entry.
 *
 * @param noun what a fault calls them
 * @param table the sections of each kind, by name; asked anew each time, as what users add depends on the class path
 */
public record Kinds<K>(String noun, Supplier<ImmutableMap<String, Section<? extends K>>> table) {
    /** Those and no others. */
    public Kinds(String noun, ImmutableMap<String, Section<? extends K>> sections) {
        this(noun, () -> sections);
    }

    /** Of each kind, by name. */
    ImmutableMap<String, Section<? extends K>> sections() {
        return table.get();
    }

    /** The kind that {@code kind:} names; empty, with a fault, if there is none of that name. */
    Optional<Section<? extends K>> read(YamlValue.Mapping mapping, YamlPath path, Faults faults) {
        var name = mapping.find(KindPart.KEY);
        if (name.isEmpty()) {
            faults.add(mapping.place(), path.child(KindPart.KEY), "missing; expected one of: " + known());
            return Optional.empty();
        }
        var section = find(mapping);
        if (section.isEmpty()) {
            faults.add(
                    name.get().place(),
                    path.child(KindPart.KEY),
                    name.get() instanceof YamlValue.Scalar scalar
                            ? "unknown " + noun + " " + scalar.inQuotes() + "; known: " + known()
                            : "is " + name.get().describe() + "; expected one of: " + known());
        }
        return section;
    }

    Optional<Section<? extends K>> find(YamlValue.Mapping mapping) {
        return mapping.find(KindPart.KEY)
                .filter(YamlValue.Scalar.class::isInstance)
                .map(name -> sections().get(((YamlValue.Scalar) name).text()));
    }

    /** The entry that {@code value} is of. */
    Map.Entry<String, Section<? extends K>> entryOf(K value) {
        return sections().entrySet().stream()
                .filter(entry -> entry.getValue().holds(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no name for the " + noun + " " + value));
    }

    String known() {
        return String.join(", ", sections().keySet().stream().sorted().toList());
    }
}
