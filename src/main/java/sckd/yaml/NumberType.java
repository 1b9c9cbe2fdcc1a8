package sckd.yaml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A number without quotes.
 *
 * @param parse throws {@link NumberFormatException} where the text is no such number
 */
public record NumberType<V extends Number>(boolean whole, Function<String, V> parse, Range range) implements Type<V> {
    /** As YAML 1.2 has them: 5e-4 is a number here, though text in YAML 1.1. */
    private static final Pattern FORM = Pattern.compile("[-+]?(\\.\\d+|\\d+(\\.\\d*)?)([eE][-+]?\\d+)?");

    public static final NumberType<Integer> WHOLE = new NumberType<>(true, Integer::valueOf, Range.ANY);
    public static final NumberType<Long> LONG = new NumberType<>(true, Long::valueOf, Range.ANY);
    public static final NumberType<Float> FLOAT = new NumberType<>(false, Float::valueOf, Range.ANY);
    public static final NumberType<Double> DOUBLE = new NumberType<>(false, Double::valueOf, Range.ANY);

    public NumberType<V> within(Range within) {
        return new NumberType<>(whole, parse, within);
    }

    @Override
    public String expected() {
        return whole ? "a whole number" : "a number";
    }

    @Override
    public String label() {
        return expected().substring(2) + (range.equals(Range.ANY) ? "" : " (" + range.words() + ")");
    }

    @Override
    public Optional<V> read(YamlValue value, YamlPath path, Faults faults) {
        if (value instanceof YamlValue.Scalar scalar && !scalar.quoted()) {
            var number = parse(scalar.text());
            if (number.isPresent()) {
                return number;
            }
        }
        faults.addUnexpected(value, path, expected());
        return Optional.empty();
    }

    private Optional<V> parse(String text) {
        if (!FORM.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse.apply(text)).filter(number -> Double.isFinite(number.doubleValue()));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** A float is written with its own digits, not with those of the double next to it. */
    @Override
    public Object write(V value) {
        return value instanceof Float ? Double.valueOf(value.toString()) : value;
    }

    @Override
    public ObjectNode schema(JsonSchema schema) {
        var node = schema.object().put("type", whole ? "integer" : "number");
        range.writeTo(node);
        return node;
    }
}
