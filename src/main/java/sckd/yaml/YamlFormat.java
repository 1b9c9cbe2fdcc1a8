package sckd.yaml;

import java.util.List;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;
import sckd.UserException;

/**
 * A kind of YAML file: all that is done with a declaration.
 *
 * @param root what stands in the file
 * @param exampleOverride a {@code key=value} that fits the file, for a message
 */
public record YamlFormat<T>(Section<T> root, String exampleOverride) {
    /** A longer text is refused; in characters. */
    public static final int LARGEST_TEXT = YamlParser.LARGEST_TEXT;

    /**
     * What the file's text, changed by the overrides, states.
     *
     * @param file its name in messages
     * @param overrides each {@code path.of.key=value}, applied in order
     * @throws UserException with every fault of the text and the overrides, a line each
     */
    public T read(String text, String file, List<String> overrides) {
        var faults = new Faults();
        var value = YamlParser.parseFile(text, file, faults)
                .map(parsed -> Overrides.apply(parsed, overrides, exampleOverride, faults))
                .flatMap(changed -> root.read(changed, YamlPath.ROOT, faults));
        faults.check();
        return value.orElseThrow();
    }

    /**
     * As YAML with every default written out; read again it is an equal value.
     *
     * @throws IllegalArgumentException for a part that is of no kind with a name
     */
    public String write(T value) {
        return dump(root.write(value), DumperOptions.FlowStyle.AUTO, 120);
    }

    /** What {@link Type#write} made, in one line. */
    public static String inLine(Object written) {
        return dump(written, DumperOptions.FlowStyle.FLOW, Integer.MAX_VALUE).strip();
    }

    private static String dump(Object written, DumperOptions.FlowStyle style, int width) {
        var options = new DumperOptions();
        options.setDefaultFlowStyle(style);
        options.setAllowUnicode(true);
        options.setDereferenceAliases(true);
        options.setWidth(width);
        return new Yaml(options).dump(written);
    }

    /** The keys in which two values differ, such as {@code training.epochs}; {@code losses}, where one has more of them. */
    public List<String> differingKeys(T one, T other) {
        return Differences.find(root.write(one), root.write(other));
    }

    /**
     * What of a written value differs from another one: of two mappings of one kind the keys that differ, {@code null} for one that only the other has; of
     * anything else the whole.
     */
    public static Object differingPart(Object written, Object other) {
        return Differences.part(written, other);
    }

    /**
     * The reference page in Markdown.
     *
     * @param introduction whole lines, before the first section
     */
    public String referencePage(String introduction) {
        return ReferencePage.text(introduction, root);
    }

    /** The JSON Schema (2020-12), for editors. */
    public String jsonSchema(String title) {
        return JsonSchema.text(title, root);
    }
}
