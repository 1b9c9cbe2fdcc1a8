package sckd.yaml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableBiMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import sckd.Nearest;

/**
 * One of a few values that have names.
 *
 * @param noun what a fault calls them: {@code data set}
 * @param known by name, in the order to list them
 */
public record ChoiceType<V>(String noun, ImmutableBiMap<String, V> known) implements Type<V> {
    /** Names alone, that another room knows. */
    public static ChoiceType<String> ofNames(String noun, List<String> names) {
        return of(noun, names.stream(), name -> name);
    }

    /** The constants of an enum by their names. */
    public static <E extends Enum<E>> ChoiceType<E> ofNames(String noun, Class<E> type) {
        return of(noun, Stream.of(type.getEnumConstants()), Enum::name);
    }

    /** The constants of an enum by their names in lower case. */
    public static <E extends Enum<E>> ChoiceType<E> inLowerCase(String noun, Class<E> type) {
        return of(noun, Stream.of(type.getEnumConstants()), constant -> Ascii.toLowerCase(constant.name()));
    }

    private static <V> ChoiceType<V> of(String noun, Stream<V> values, Function<V, String> name) {
        return new ChoiceType<>(noun, values.collect(ImmutableBiMap.toImmutableBiMap(name, value -> value)));
    }

    @Override
    public String expected() {
        return "the name of a " + noun;
    }

    @Override
    public String label() {
        return "one of " + known.keySet().stream().map(ReferencePage::code).collect(Collectors.joining(", "));
    }

    @Override
    public Optional<V> read(YamlValue value, YamlPath path, Faults faults) {
        if (!(value instanceof YamlValue.Scalar scalar)) {
            faults.addUnexpected(value, path, expected());
            return Optional.empty();
        }
        var chosen = Optional.ofNullable(known.get(scalar.text()));
        if (chosen.isEmpty()) {
            var hint = Nearest.hint(scalar.text(), known.keySet().asList());
            faults.add(value.place(), path, "unknown " + noun + " " + scalar.inQuotes() + "; " + hint);
        }
        return chosen;
    }

    @Override
    public Object write(V value) {
        return known.inverse().get(value);
    }

    @Override
    public ObjectNode schema(JsonSchema schema) {
        var node = schema.object().put("type", "string");
        known.keySet().forEach(node.withArray("/enum")::add);
        return node;
    }
}
