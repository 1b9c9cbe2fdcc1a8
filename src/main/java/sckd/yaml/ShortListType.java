package sckd.yaml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A list, or one value that says it shorter.
 *
 * @param shorthand the type of the one value
 * @param expand throws {@link IllegalArgumentException} with the fault for a value that will not do
 * @param shorten the one value that a list is written as; empty: it is written as the list
 */
public record ShortListType<V, S>(
        ListType<V> list, Type<S> shorthand, Function<S, List<V>> expand, Function<List<V>, Optional<S>> shorten)
        implements Type<List<V>> {
    /** Always written as the list. */
    public ShortListType(ListType<V> list, Type<S> shorthand, Function<S, List<V>> expand) {
        this(list, shorthand, expand, values -> Optional.empty());
    }

    /** A list whose only item may stand alone, and is written so. */
    public static <V> ShortListType<V, V> orOne(Type<V> item) {
        return new ShortListType<>(new ListType<>(item), item, List::of, items -> items.stream()
                .filter(only -> items.size() == 1)
                .findFirst());
    }

    @Override
    public String expected() {
        return shorthand.expected() + " or " + list.expected();
    }

    @Override
    public String label() {
        return shorthand.label() + ", or " + list.label();
    }

    @Override
    public Optional<List<V>> read(YamlValue value, YamlPath path, Faults faults) {
        if (value instanceof YamlValue.Sequence) {
            return list.read(value, path, faults);
        }
        if (!(value instanceof YamlValue.Scalar)) {
            faults.addUnexpected(value, path, expected());
            return Optional.empty();
        }
        try {
            return shorthand.read(value, path, faults).map(expand);
        } catch (IllegalArgumentException e) {
            faults.add(value.place(), path, e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public Object write(List<V> value) {
        return shorten.apply(value).map(shorthand::write).orElseGet(() -> list.write(value));
    }

    @Override
    public ObjectNode schema(JsonSchema schema) {
        var node = schema.object();
        node.withArray("/anyOf").add(shorthand.schema(schema)).add(list.schema(schema));
        return node;
    }

    @Override
    public List<Type<?>> parts() {
        return List.of(shorthand, list);
    }
}
