package sckd.yaml;

import com.google.common.collect.Sets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Where two written files differ: the deepest keys, in the order of the first; a list of another length as a whole. */
final class Differences {
    private final List<String> keys = new ArrayList<>();

    private Differences() {}

    /** Both as {@link Type#write} makes them: maps, lists and scalars. */
    static List<String> find(Object one, Object other) {
        var differences = new Differences();
        differences.compare(one, other, YamlPath.ROOT);
        return List.copyOf(differences.keys);
    }

    /** See {@link YamlFormat#differingPart}. */
    static Object part(Object one, Object other) {
        if (!(one instanceof Map<?, ?> first && other instanceof Map<?, ?> second)
                || !Objects.equals(first.get(KindPart.KEY), second.get(KindPart.KEY))) {
            return one;
        }
        var part = new LinkedHashMap<Object, Object>();
        for (var key : Sets.union(first.keySet(), second.keySet())) {
            if (!Objects.equals(first.get(key), second.get(key))) {
                part.put(key, part(first.get(key), second.get(key)));
            }
        }
        return part;
    }

    private void compare(Object one, Object other, YamlPath path) {
        if (one instanceof Map<?, ?> first && other instanceof Map<?, ?> second) {
            for (var key : Sets.union(first.keySet(), second.keySet())) {
                compare(first.get(key), second.get(key), path.child(key.toString()));
            }
        } else if (one instanceof List<?> first && other instanceof List<?> second && first.size() == second.size()) {
            for (int i = 0; i < first.size(); i++) {
                compare(first.get(i), second.get(i), path.child(i));
            }
        } else if (!Objects.equals(one, other)) {
            keys.add(path.toString());
        }
    }
}
