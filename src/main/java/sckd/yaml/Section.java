package sckd.yaml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import sckd.Nearest;

/**
 * A mapping with fixed keys and the record that they make: the one declaration from which the file is read and written, and the reference page
 * and the JSON Schema are made.
 *
 * @param title unique; empty for a kind, which is documented with the section that offers it
 * @param meaning a sentence or two
 * @param only tells apart two kinds that are one record
 */
public record Section<T>(
        Class<T> type,
        String title,
        String meaning,
        List<Part<T, ?>> members,
        Function<Values, T> make,
        Predicate<T> only)
        implements Type<T> {

    /**
     * @param declare names the keys and answers how the record is made of their values
     */
    public static <T> Section<T> of(
            Class<T> type, String title, String meaning, Function<Keys<T>, Function<Values, T>> declare) {
        var keys = new Keys<T>();
        var make = declare.apply(keys);
        return new Section<>(type, title, meaning, keys.parts(), make, value -> true);
    }

    /** One of {@link Kinds}. */
    public static <T> Section<T> kind(Class<T> type, String meaning, Function<Keys<T>, Function<Values, T>> declare) {
        return of(type, "", meaning, declare);
    }

    public Section<T> only(Predicate<T> test) {
        return new Section<>(type, title, meaning, members, make, test);
    }

    boolean holds(Object value) {
        return type.isInstance(value) && only.test(type.cast(value));
    }

    @Override
    public String expected() {
        return "a mapping";
    }

    @Override
    public String label() {
        return ReferencePage.link(title);
    }

    /** Where there are kinds, the bare name of one stands for {@code {kind: name}}. */
    @Override
    public Optional<T> read(YamlValue value, YamlPath path, Faults faults) {
        if (value instanceof YamlValue.Scalar && hasKinds()) {
            return read(new YamlValue.Mapping(value.place(), Map.of(KindPart.KEY, value)), path, faults);
        }
        if (!(value instanceof YamlValue.Mapping mapping)) {
            faults.addUnexpected(value, path, expected());
            return Optional.empty();
        }
        var known = keys(mapping);
        mapping.values().forEach((key, entry) -> {
            if (!known.contains(key)) {
                faults.add(entry.place(), path.child(key), "unknown key; " + Nearest.hint(key, known));
            }
        });
        return readParts(mapping, path, faults);
    }

    Set<String> keys(YamlValue.Mapping mapping) {
        var keys = new LinkedHashSet<String>();
        members.forEach(member -> keys.addAll(member.keys(mapping)));
        return keys;
    }

    /** Reads its own keys of a mapping that may hold others too. */
    Optional<T> readParts(YamlValue.Mapping mapping, YamlPath path, Faults faults) {
        var values = new Values();
        for (var member : members) {
            values.read(member, mapping, path, faults);
        }
        if (!values.complete()) {
            return Optional.empty();
        }
        try {
            return Optional.of(make.apply(values));
        } catch (IllegalArgumentException e) {
            e.getMessage().lines().forEach(line -> faults.add(placeOf(line, mapping), path, line));
            return Optional.empty();
        }
    }

    /** A record's message starts with the key that it speaks of, such as {@code epochs is 0; …}: the fault stands where that key stands. */
    private static Place placeOf(String message, YamlValue.Mapping mapping) {
        var key = message.substring(0, Math.max(0, message.indexOf(' ')));
        return YamlPath.parse(key).findDeepest(mapping).place();
    }

    @Override
    public Map<String, Object> write(T value) {
        var written = new LinkedHashMap<String, Object>();
        writeParts(value, written);
        return written;
    }

    void writeParts(Object value, Map<String, Object> into) {
        members.forEach(member -> member.write(type.cast(value), into));
    }

    @Override
    public ObjectNode schema(JsonSchema schema) {
        return schema.define(title, () -> {
            var node = schema.object().put("description", meaning);
            var variants = extend(List.of(schema.object().put("type", "object")), schema);
            variants.forEach(variant -> variant.put("additionalProperties", false));
            if (hasKinds()) {
                var any = node.putArray("anyOf").addAll(variants);
                variants.stream().filter(Section::needsKindOnly).forEach(variant -> any.addObject()
                        .set("const", variant.at("/properties/kind/const")));
            } else {
                variants.forEach(node::setAll);
            }
            return node;
        });
    }

    private static boolean needsKindOnly(ObjectNode variant) {
        return variant.withArray("/required").size() == 1;
    }

    List<ObjectNode> extend(List<ObjectNode> variants, JsonSchema schema) {
        var extended = variants;
        for (var member : members) {
            extended = member.extend(extended, schema);
        }
        return extended;
    }

    private boolean hasKinds() {
        return members.stream().anyMatch(KindPart.class::isInstance);
    }

    @Override
    public List<Type<?>> parts() {
        return members.stream()
                .<Type<?>>flatMap(member -> member.types().stream())
                .toList();
    }

    @Override
    public void document(ReferencePage page) {
        page.section(title, meaning, members);
    }
}
