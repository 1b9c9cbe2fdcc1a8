package sckd.yaml;

import java.util.List;
import java.util.Map;
import sckd.Nearest;

/** Applies {@code --set key=value} to a file's values, before they are bound; what does not fit is found by the binding. */
final class Overrides {
    private Overrides() {}

    /**
     * @param example an override as it should be, for a message
     */
    static YamlValue apply(YamlValue root, List<String> overrides, String example, Faults faults) {
        var changed = root;
        for (var override : overrides) {
            int equals = override.indexOf('=');
            var path = YamlPath.parse(
                    equals < 0 ? override : override.substring(0, equals).strip());
            if (equals < 0 || path.steps().isEmpty()) {
                faults.add(Place.OVERRIDE, path, "expected key=value, such as " + example);
                continue;
            }
            var value = YamlParser.parseOverride(override.substring(equals + 1), path, faults);
            if (value.isPresent()) {
                changed = set(changed, path, 0, value.get(), faults);
            }
        }
        return changed;
    }

    /** {@code current}, which stands at the first {@code depth} steps of {@code path}, with the value at the rest of them. */
    private static YamlValue set(YamlValue current, YamlPath path, int depth, YamlValue value, Faults faults) {
        if (depth == path.steps().size()) {
            return value;
        }
        var step = path.steps().get(depth);
        if (current instanceof YamlValue.Mapping mapping) {
            var child = mapping.find(step).orElse(new YamlValue.Mapping(Place.OVERRIDE, Map.of()));
            return mapping.with(step, set(child, path, depth + 1, value, faults));
        }
        if (current instanceof YamlValue.Sequence sequence) {
            var item = sequence.find(step);
            if (item.isPresent()) {
                return sequence.replace(item.get(), set(item.get(), path, depth + 1, value, faults));
            }
            faults.add(
                    Place.OVERRIDE,
                    path,
                    noItem(sequence, new YamlPath(path.steps().subList(0, depth)), step));
            return current;
        }
        var parent = new YamlPath(path.steps().subList(0, depth));
        faults.add(Place.OVERRIDE, path, parent + " is " + current.describe() + ", which has no keys");
        return current;
    }

    private static String noItem(YamlValue.Sequence list, YamlPath path, String step) {
        int size = list.items().size();
        if (step.startsWith("[") || list.names().isEmpty()) {
            return path + " has " + size + (size == 1 ? " item" : " items") + "; expected "
                    + (size == 0 ? "a whole list" : "an index from 0 to " + (size - 1));
        }
        return path + " has no item named '" + step + "'; " + Nearest.hint(step, list.names());
    }
}
