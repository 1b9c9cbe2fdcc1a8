package sckd.experiment;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Lists;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import sckd.UserException;

/**
 * Values of a few keys, one of the combinations that a search tries.
 *
 * @param values by key, a path as {@code --set} takes it
 */
record Trial(Map<String, String> values) {
    private static final String EXAMPLE = "losses.output.weight=.3,.6,.9";

    Trial {
        values = ImmutableMap.copyOf(values);
    }

    /**
     * All combinations.
     *
     * @param tries each {@code key=value,value}; or {@code key+key=value+value,value+value}, whose keys change together
     * @throws UserException if one is malformed, or a key is in two
     */
    static List<Trial> combine(List<String> tries) {
        var axes = tries.stream().map(Trial::parseAxis).toList();
        checkApart(axes);
        return Lists.cartesianProduct(axes).stream()
                .map(combination -> {
                    var values = ImmutableMap.<String, String>builder();
                    combination.forEach(values::putAll);
                    return new Trial(values.buildOrThrow());
                })
                .toList();
    }

    /** As {@code --set} takes them. */
    List<String> overrides() {
        return values.entrySet().stream()
                .map(value -> value.getKey() + "=" + value.getValue())
                .toList();
    }

    /** In a message. */
    String describe() {
        return String.join(" ", overrides());
    }

    private static List<Map<String, String>> parseAxis(String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new UserException("--try is '%s'; expected KEY=VALUE,VALUE such as %s".formatted(text, EXAMPLE));
        }
        var keys = Splitter.on('+').trimResults().splitToList(text.substring(0, equals));
        var steps = new ArrayList<Map<String, String>>();
        for (var step : splitValues(text.substring(equals + 1))) {
            var values = keys.size() == 1
                    ? List.of(step)
                    : Splitter.on('+').trimResults().splitToList(step);
            if (step.isEmpty() || values.size() != keys.size()) {
                throw new UserException("--try %s has the value '%s'; expected %s"
                        .formatted(
                                text.substring(0, equals),
                                step,
                                keys.size() == 1
                                        ? "values, such as " + EXAMPLE
                                        : keys.size() + " values with + between them"));
            }
            var named = ImmutableMap.<String, String>builder();
            for (int i = 0; i < keys.size(); i++) {
                named.put(keys.get(i), values.get(i));
            }
            steps.add(named.build());
        }
        return steps;
    }

    /** At commas, but for those in brackets of YAML. */
    private static List<String> splitValues(String text) {
        var values = new ArrayList<String>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '{' || c == '[') {
                depth++;
            } else if (c == '}' || c == ']') {
                depth--;
            } else if (c == ',' && depth == 0) {
                values.add(text.substring(start, i).trim());
                start = i + 1;
            }
        }
        values.add(text.substring(start).trim());
        return values;
    }

    private static void checkApart(List<List<Map<String, String>>> axes) {
        var seen = new LinkedHashSet<String>();
        axes.stream().flatMap(axis -> axis.get(0).keySet().stream()).forEach(key -> {
            if (!seen.add(key)) {
                throw new UserException("--try has %s twice; expected all values of a key in one".formatted(key));
            }
        });
    }
}
