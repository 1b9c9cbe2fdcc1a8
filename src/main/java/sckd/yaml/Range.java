package sckd.yaml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * Which numbers make sense, told to readers and editors. The record that takes the number is what checks it; a test holds both together.
 *
 * @param words as in the record's message: {@code more than 0}
 * @param above exclusive
 * @param below exclusive
 */
public record Range(
        String words,
        Optional<BigDecimal> above,
        Optional<BigDecimal> atLeast,
        Optional<BigDecimal> below,
        Optional<BigDecimal> atMost) {
    public static final Range ANY =
            new Range("", Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    public static Range above(int low) {
        return new Range("more than " + low, number(low), Optional.empty(), Optional.empty(), Optional.empty());
    }

    public static Range atLeast(int low) {
        return new Range("at least " + low, Optional.empty(), number(low), Optional.empty(), Optional.empty());
    }

    public static Range fromTo(int low, int high) {
        return new Range(low + " to " + high, Optional.empty(), number(low), Optional.empty(), number(high));
    }

    public static Range fromToBelow(int low, int high) {
        return new Range(low + " to below " + high, Optional.empty(), number(low), number(high), Optional.empty());
    }

    public static Range aboveTo(int low, int high) {
        return new Range(
                "more than " + low + " to " + high, number(low), Optional.empty(), Optional.empty(), number(high));
    }

    void writeTo(ObjectNode schema) {
        above.ifPresent(low -> schema.put("exclusiveMinimum", low));
        atLeast.ifPresent(low -> schema.put("minimum", low));
        below.ifPresent(high -> schema.put("exclusiveMaximum", high));
        atMost.ifPresent(high -> schema.put("maximum", high));
    }

    private static Optional<BigDecimal> number(int value) {
        return Optional.of(BigDecimal.valueOf(value));
    }
}
