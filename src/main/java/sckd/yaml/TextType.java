package sckd.yaml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * A text, and what is made of it.
 *
 * @param pattern that the text fits, told to editors
 * @param parse throws {@link IllegalArgumentException} with the fault for a text that will not do
 */
public record TextType<V>(
        String expected, String label, Optional<String> pattern, Function<String, V> parse, Function<V, String> format)
        implements Type<V> {
    public static final TextType<String> TEXT =
            new TextType<>("text", "text", Optional.empty(), text -> text, text -> text);
    public static final TextType<Path> PATH =
            new TextType<>("a path", "path", Optional.empty(), Path::of, Path::toString);

    @Override
    public Optional<V> read(YamlValue value, YamlPath path, Faults faults) {
        if (value instanceof YamlValue.Scalar scalar) {
            try {
                return Optional.of(parse.apply(scalar.text()));
            } catch (IllegalArgumentException e) {
                faults.add(value.place(), path, e.getMessage());
                return Optional.empty();
            }
        }
        faults.addUnexpected(value, path, expected());
        return Optional.empty();
    }

    @Override
    public Object write(V value) {
        return format.apply(value);
    }

    @Override
    public ObjectNode schema(JsonSchema schema) {
        var node = schema.object().put("type", "string");
        pattern.ifPresent(form -> node.put("pattern", form));
        return node;
    }
}
