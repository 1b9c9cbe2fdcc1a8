package sckd.yaml;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;

/** What the parts of a section read from a mapping. */
public final class Values {
    private final Map<Part<?, ?>, Optional<?>> values = new IdentityHashMap<>();

    void read(Part<?, ?> part, YamlValue.Mapping mapping, YamlPath path, Faults faults) {
        values.put(part, part.read(mapping, path, faults));
    }

    boolean complete() {
        return values.values().stream().allMatch(Optional::isPresent);
    }

    /** Only {@link #read} puts values in, each under the part that made it. */
    @SuppressWarnings("unchecked")
    public <V> V get(Part<?, V> part) {
        return (V) values.get(part).orElseThrow();
    }
}
