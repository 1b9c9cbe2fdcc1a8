package sckd.yaml;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A value of a YAML text that remembers where it was written. Values under a key stand where the key stands, so that a fault points to the
 * line that a reader looks for.
 */
sealed interface YamlValue {
    Place place();

    /** How a fault speaks of it: {@code 'ten'}, {@code a list}. */
    String describe();

    /** The value under a step of a {@link YamlPath}; empty if there is none. */
    default Optional<YamlValue> find(String step) {
        return Optional.empty();
    }

    /**
     * @param quoted whether it was written in quotes, and so is text whatever it looks like
     */
    record Scalar(Place place, String text, boolean quoted) implements YamlValue {
        private static final int LONGEST_SHOWN = 60;

        @Override
        public String describe() {
            return quoted ? "the text " + inQuotes() : inQuotes();
        }

        /** A long text is cut: a fault is one line. */
        String inQuotes() {
            return "'" + (text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + "…" : text) + "'";
        }
    }

    /** A key without a value, {@code ~} or {@code null}. */
    record Null(Place place) implements YamlValue {
        @Override
        public String describe() {
            return "empty";
        }
    }

    /** A list. */
    record Sequence(Place place, List<YamlValue> items) implements YamlValue {
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public String describe() {
            return "a list";
        }

        /** By {@code [index]}, or by the {@code name} of an item that has one. */
        @Override
        public Optional<YamlValue> find(String step) {
            for (int i = 0; i < items.size(); i++) {
                if (step.equals("[" + i + "]") || nameOf(items.get(i)).equals(Optional.of(step))) {
                    return Optional.of(items.get(i));
                }
            }
            return Optional.empty();
        }

        /** The names of the items that have one, in order. */
        List<String> names() {
            return items.stream().flatMap(item -> nameOf(item).stream()).toList();
        }

        Sequence replace(YamlValue old, YamlValue value) {
            var changed = new ArrayList<>(items);
            changed.replaceAll(item -> item == old ? value : item);
            return new Sequence(place, changed);
        }

        private static Optional<String> nameOf(YamlValue item) {
            return item.find("name").filter(Scalar.class::isInstance).map(name -> ((Scalar) name).text());
        }
    }

    /** Keys and values, in the order of the text. */
    record Mapping(Place place, Map<String, YamlValue> values) implements YamlValue {
        public Mapping {
            values = ImmutableMap.copyOf(values);
        }

        @Override
        public String describe() {
            return "a mapping";
        }

        @Override
        public Optional<YamlValue> find(String step) {
            return Optional.ofNullable(values.get(step));
        }

        Mapping with(String key, YamlValue value) {
            var changed = new LinkedHashMap<>(values);
            changed.put(key, value);
            return new Mapping(place, changed);
        }
    }
}
