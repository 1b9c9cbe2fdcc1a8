package sckd.yaml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * What may stand under a key: read from YAML, written as YAML, described to people and to editors. Other rooms name types; only this room
 * uses them.
 */
public sealed interface Type<V>
        permits ChoiceType,
                FlagType,
                ListType,
                MapType,
                NumberType,
                OptionalType,
                Section,
                ShortListType,
                ShortMappingType,
                TextType {
    /** As a fault says what it expected: {@code a whole number}, {@code a list}. */
    String expected();

    /** As the reference page says it: {@code whole number}, {@code list: number}; may hold a link. */
    String label();

    /** The value; empty, with at least one fault, if it is not of this type. */
    Optional<V> read(YamlValue value, YamlPath path, Faults faults);

    /** As plain lists, maps, texts, numbers and booleans. */
    Object write(V value);

    /** Its JSON Schema. */
    ObjectNode schema(JsonSchema schema);

    /** The types that it is made of, in the order to document them. */
    default List<Type<?>> parts() {
        return List.of();
    }

    /** Adds the part of the reference page that explains it; nothing where the words say it all. */
    default void document(ReferencePage page) {}
}
