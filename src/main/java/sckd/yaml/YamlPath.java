package sckd.yaml;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;

/**
 * The way to a value from the root of a file, written {@code losses[0].weight}. A step is a key, or {@code [index]} or a name in a list.
 */
record YamlPath(List<String> steps) {
    static final YamlPath ROOT = new YamlPath(List.of());

    YamlPath {
        steps = List.copyOf(steps);
    }

    static YamlPath parse(String text) {
        return new YamlPath(Splitter.on('.').omitEmptyStrings().splitToList(text.replace("[", ".[")));
    }

    YamlPath child(String step) {
        return new YamlPath(
                ImmutableList.<String>builder().addAll(steps).add(step).build());
    }

    YamlPath child(int index) {
        return child("[" + index + "]");
    }

    /** The deepest value on this way that {@code root} has. */
    YamlValue findDeepest(YamlValue root) {
        var value = root;
        for (var step : steps) {
            Optional<YamlValue> next = value.find(step);
            if (next.isEmpty()) {
                return value;
            }
            value = next.get();
        }
        return value;
    }

    @Override
    public String toString() {
        return String.join(".", steps).replace(".[", "[");
    }
}
