package sckd.savedmodel;

import static com.google.common.base.Preconditions.checkArgument;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import sckd.data.Normalization;

/** A {@link ModelCard} as JSON. Keys that are not there are not stated. */
final class ModelCardJson {
    private static final Set<String> KEYS = Set.of(
            "origin", "sha256", "tags", "signature", "input", "output", "batchNormMomentum", "classes", "accuracy");
    private static final Set<String> INPUT_KEYS =
            Set.of("name", "scale", "mean", "std", "size", "layout", "channels", "others");
    /** However it is written. */
    private static final Set<String> TRUST = Set.of("trustedops", "trustops");

    private ModelCardJson() {}

    static ObjectNode write(ModelCard card, ObjectNode into) {
        var settings = card.settings();
        into.put("origin", card.origin()).put("sha256", card.sha256());
        settings.tags().ifPresent(tags -> tags.forEach(into.putArray("tags")::add));
        settings.signature().ifPresent(name -> into.put("signature", name));
        if (!settings.input().equals(InputSettings.NONE)) {
            write(settings.input(), into.putObject("input"));
        }
        settings.output().ifPresent(name -> into.put("output", name));
        settings.batchNormMomentum().ifPresent(momentum -> into.put("batchNormMomentum", momentum));
        settings.classes().forEach(into.putArray("classes")::add);
        if (!card.accuracy().isEmpty()) {
            card.accuracy().forEach(into.putObject("accuracy")::put);
        }
        return into;
    }

    private static void write(InputSettings input, ObjectNode into) {
        input.name().ifPresent(name -> into.put("name", name));
        input.scaling().ifPresent(scaling -> {
            if (scaling.scale() != Normalization.FULL_RANGE) {
                into.put("scale", scaling.scale());
            }
            scaling.mean().forEach(into.putArray("mean")::add);
            scaling.std().forEach(into.putArray("std")::add);
        });
        input.size().ifPresent(size -> into.putArray("size").add(size.height()).add(size.width()));
        input.layout().ifPresent(layout -> into.put("layout", layout.name()));
        input.channels().ifPresent(order -> into.put("channels", order.name()));
        if (!input.others().isEmpty()) {
            input.others().forEach(into.putObject("others")::put);
        }
    }

    /** @throws IllegalArgumentException if it is no card, or grants trust */
    static ModelCard read(JsonNode card) {
        checkArgument(card.isObject(), "is no JSON object");
        card.fieldNames()
                .forEachRemaining(key -> checkArgument(
                        !TRUST.contains(key.replaceAll("[^A-Za-z]", "").toLowerCase(Locale.ROOT)),
                        "has '%s': a model cannot trust its own ops; remove the key and state it yourself (--trust-ops)",
                        key));
        checkKeys(card, KEYS);
        var settings = new ModelSettings(
                find(card, "tags", ModelCardJson::strings),
                find(card, "signature", ModelCardJson::string),
                find(card, "input", ModelCardJson::readInput).orElse(InputSettings.NONE),
                find(card, "output", ModelCardJson::string),
                find(card, "classes", ModelCardJson::strings).orElse(List.of()),
                find(card, "batchNormMomentum", ModelCardJson::number),
                Set.of());
        return new ModelCard(
                card.path("origin").asText(),
                card.path("sha256").asText(),
                settings,
                find(card, "accuracy", ModelCardJson::numbers).orElse(Map.of()));
    }

    private static Map<String, Double> numbers(JsonNode value) {
        checkArgument(value.isObject(), "is no JSON object");
        var byName = ImmutableMap.<String, Double>builder();
        value.properties().forEach(entry -> {
            checkArgument(entry.getValue().isNumber(), "'%s' is not a number", entry.getKey());
            byName.put(entry.getKey(), entry.getValue().asDouble());
        });
        return byName.buildOrThrow();
    }

    private static InputSettings readInput(JsonNode input) {
        checkArgument(input.isObject(), "is no JSON object");
        checkKeys(input, INPUT_KEYS);
        return new InputSettings(
                find(input, "name", ModelCardJson::string),
                readScaling(input),
                find(input, "size", ModelCardJson::size),
                find(input, "layout", value -> constant(value, Layout.values())),
                find(input, "channels", value -> constant(value, ChannelOrder.values())),
                find(input, "others", ModelCardJson::numbers).orElse(Map.of()));
    }

    private static Optional<Normalization> readScaling(JsonNode input) {
        return Scaling.of(
                find(input, "scale", ModelCardJson::number),
                find(input, "mean", ModelCardJson::floats),
                find(input, "std", ModelCardJson::floats));
    }

    private static void checkKeys(JsonNode node, Set<String> known) {
        var unknown = new TreeSet<String>();
        node.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(known);
        checkArgument(
                unknown.isEmpty(),
                "unknown key '%s'; known: %s",
                unknown.isEmpty() ? "" : unknown.first(),
                new TreeSet<>(known));
    }

    /** What the key says; its name stands before the fault that reading it finds. */
    private static <T> Optional<T> find(JsonNode node, String key, Function<JsonNode, T> read) {
        if (!node.has(key)) {
            return Optional.empty();
        }
        try {
            return Optional.of(read.apply(node.get(key)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + " " + e.getMessage(), e);
        }
    }

    private static String string(JsonNode value) {
        checkArgument(value.isTextual(), "is not a text");
        return value.asText();
    }

    private static float number(JsonNode value) {
        checkArgument(value.isNumber(), "is not a number");
        return (float) value.asDouble();
    }

    private static List<String> strings(JsonNode value) {
        return list(value, JsonNode::asText);
    }

    private static List<Float> floats(JsonNode value) {
        return list(value, ModelCardJson::number);
    }

    private static <T> List<T> list(JsonNode value, Function<JsonNode, T> read) {
        checkArgument(value.isArray(), "is not a list");
        var values = new ArrayList<T>();
        value.forEach(part -> values.add(read.apply(part)));
        return values;
    }

    private static ImageSize size(JsonNode value) {
        checkArgument(
                value.isArray()
                        && value.size() == 2
                        && value.get(0).isInt()
                        && value.get(1).isInt(),
                "is not [height, width]");
        return new ImageSize(value.get(0).asInt(), value.get(1).asInt());
    }

    private static <E extends Enum<E>> E constant(JsonNode value, E[] all) {
        return Arrays.stream(all)
                .filter(one -> one.name().equals(value.asText()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("is not one of " + Arrays.toString(all)));
    }
}
