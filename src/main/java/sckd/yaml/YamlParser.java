package sckd.yaml;

import com.google.common.base.CharMatcher;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads YAML text into values with places. A file may come from a stranger: nothing but mappings, lists and scalars is made of it, and its
 * size, depth, aliases and their expansion are limited.
 */
final class YamlParser {
    static final int LARGEST_TEXT = 1 << 20;
    private static final int LARGEST_DEPTH = 20;
    private static final int MOST_VALUES = 10_000;
    private static final int MOST_ALIASES = 50;
    private static final Set<Tag> ALLOWED_TAGS =
            Set.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL, Tag.TIMESTAMP, Tag.MERGE, Tag.MAP, Tag.SEQ);

    private final Optional<String> file;
    private final Faults faults;
    private int values;

    private YamlParser(Optional<String> file, Faults faults) {
        this.file = file;
        this.faults = faults;
    }

    /** The one value of a file's text; empty, with a fault, if it is no YAML at all. */
    static Optional<YamlValue> parseFile(String text, String file, Faults faults) {
        return new YamlParser(Optional.of(file), faults).parse(text, YamlPath.ROOT);
    }

    /** The value of an override; all its places are {@link Place#OVERRIDE}. */
    static Optional<YamlValue> parseOverride(String text, YamlPath path, Faults faults) {
        return new YamlParser(Optional.empty(), faults).parse(text, path);
    }

    private Optional<YamlValue> parse(String text, YamlPath path) {
        var options = new LoaderOptions();
        options.setCodePointLimit(LARGEST_TEXT);
        options.setMaxAliasesForCollections(MOST_ALIASES);
        try {
            var unmarked = CharMatcher.is('\uFEFF').trimLeadingFrom(text); // the byte order mark of some editors
            var root = new Yaml(new SafeConstructor(options)).compose(new StringReader(unmarked));
            if (root == null) {
                return Optional.of(new YamlValue.Null(place(1)));
            }
            return Optional.of(convert(root, placeOf(root), path, 0));
        } catch (MarkedYAMLException e) {
            var mark = e.getProblemMark();
            faults.add(place(mark == null ? 1 : mark.getLine() + 1), path, "no valid YAML: " + e.getProblem());
        } catch (YAMLException e) {
            faults.add(
                    place(1),
                    path,
                    "no valid YAML: " + e.getMessage().lines().findFirst().orElse(""));
        }
        return Optional.empty();
    }

    private YamlValue convert(Node node, Place place, YamlPath path, int depth) {
        values++;
        if (depth > LARGEST_DEPTH || values > MOST_VALUES) {
            throw new YAMLException("more than " + LARGEST_DEPTH + " levels or " + MOST_VALUES + " values");
        }
        if (!ALLOWED_TAGS.contains(node.getTag())) {
            faults.add(place, path, "has the tag " + node.getTag() + "; expected a value without a tag");
        }
        if (node instanceof MappingNode mapping) {
            return convertMapping(mapping, place, path, depth);
        }
        if (node instanceof SequenceNode sequence) {
            var items = new ArrayList<YamlValue>();
            for (var item : sequence.getValue()) {
                items.add(convert(item, placeOf(item), path.child(items.size()), depth + 1));
            }
            return new YamlValue.Sequence(place, items);
        }
        var scalar = (ScalarNode) node;
        return scalar.getTag().equals(Tag.NULL)
                ? new YamlValue.Null(place)
                : new YamlValue.Scalar(place, scalar.getValue(), !scalar.isPlain());
    }

    private YamlValue convertMapping(MappingNode mapping, Place place, YamlPath path, int depth) {
        var entries = new LinkedHashMap<String, YamlValue>();
        for (var entry : mapping.getValue()) {
            var keyPlace = placeOf(entry.getKeyNode());
            if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                faults.add(keyPlace, path, "has a list or a mapping as a key; expected a name");
                continue;
            }
            var name = key.getValue();
            var value = convert(entry.getValueNode(), keyPlace, path.child(name), depth + 1);
            var first = entries.putIfAbsent(name, value);
            if (first != null) {
                var where = first.place().isOverride()
                        ? ""
                        : "; first on line " + first.place().line();
                faults.add(keyPlace, path.child(name), "given twice" + where);
            }
        }
        return new YamlValue.Mapping(place, entries);
    }

    private Place placeOf(Node node) {
        return place(node.getStartMark().getLine() + 1);
    }

    private Place place(int line) {
        return file.map(name -> new Place(name, line)).orElse(Place.OVERRIDE);
    }
}
