package sckd.yaml;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The JSON Schema (2020-12) of a kind of file, which editors use to complete and check; each titled section stands once under {@code $defs}. */
final class JsonSchema {
    private static final JsonMapper JSON = new JsonMapper();
    private final Map<String, ObjectNode> definitions = new TreeMap<>();
    private final Set<String> begun = new HashSet<>();

    private JsonSchema() {}

    static String text(String title, Section<?> file) {
        var schema = new JsonSchema();
        var root = schema.object()
                .put("$schema", "https://json-schema.org/draft/2020-12/schema")
                .put("title", title);
        root.setAll(file.schema(schema));
        var defs = root.putObject("$defs");
        schema.definitions.forEach(defs::set);
        return root.toPrettyString() + "\n";
    }

    ObjectNode object() {
        return JSON.createObjectNode();
    }

    /** A reference to the section's schema, which is made when it is first met. */
    ObjectNode define(String title, Supplier<ObjectNode> make) {
        if (begun.add(title)) {
            definitions.put(title, make.get());
        }
        return object().put("$ref", "#/$defs/" + title);
    }
}
