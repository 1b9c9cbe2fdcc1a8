package sckd.yaml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A list whose items are of one type. */
public record ListType<V>(Type<V> item) implements Type<List<V>> {
    @Override
    public String expected() {
        return "a list";
    }

    @Override
    public String label() {
        return "list: " + item.label();
    }

    @Override
    public Optional<List<V>> read(YamlValue value, YamlPath path, Faults faults) {
        if (!(value instanceof YamlValue.Sequence list)) {
            faults.addUnexpected(value, path, expected());
            return Optional.empty();
        }
        var items = new ArrayList<V>();
        for (int i = 0; i < list.items().size(); i++) {
            item.read(list.items().get(i), path.child(i), faults).ifPresent(items::add);
        }
        return items.size() == list.items().size() ? Optional.of(List.copyOf(items)) : Optional.empty();
    }

    @Override
    public Object write(List<V> value) {
        return value.stream().map(item::write).toList();
    }

    @Override
    public ObjectNode schema(JsonSchema schema) {
        var node = schema.object().put("type", "array");
        node.set("items", item.schema(schema));
        return node;
    }

    @Override
    public List<Type<?>> parts() {
        return List.of(item);
    }
}
