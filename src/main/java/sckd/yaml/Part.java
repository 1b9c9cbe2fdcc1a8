package sckd.yaml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What of a section's mapping makes one value of its record: a {@link Key}, or a {@link KindPart}.
 *
 * @param <T> the record
 * @param <V> the value
 */
public sealed interface Part<T, V> permits Key, KindPart {
    /** The keys that it takes from {@code mapping}. */
    Set<String> keys(YamlValue.Mapping mapping);

    /** The value; empty, with at least one fault, if it is missing or wrong. */
    Optional<V> read(YamlValue.Mapping mapping, YamlPath path, Faults faults);

    void write(T whole, Map<String, Object> into);

    /** Adds its keys to each of the objects that the section may be; one for each kind. */
    List<ObjectNode> extend(List<ObjectNode> variants, JsonSchema schema);

    /** Its row on the reference page: key, type, default, meaning. */
    List<String> cells();

    /** The kinds that it offers, if it does. */
    default Optional<Kinds<?>> offered() {
        return Optional.empty();
    }

    /** The types of its values. */
    List<Type<?>> types();
}
