package sckd.savedmodel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableMap;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;

/**
 * What Keras 2 noted of each layer: JSON in {@code keras_metadata.pb} since TensorFlow 2.5, in the object graph before. Keras 3 and others note
 * nothing.
 *
 * @param byObject the JSON of the objects that have some, by the object's number
 */
record KerasMetadata(Map<Integer, JsonNode> byObject) {
    private static final String FILE = "keras_metadata.pb";
    /** Fields of the file's messages: the list of objects; of each its number and its JSON. */
    private static final int OBJECTS = 1;

    private static final int NUMBER = 2;
    private static final int JSON = 5;

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Empty where there is none; what is damaged is passed over, as nothing depends on it. */
    static KerasMetadata read(SavedModelFile file) {
        var json = new TreeMap<Integer, String>();
        var objects = file.metaGraph().getObjectGraphDef();
        for (int i = 0; i < objects.getNodesCount(); i++) {
            json.put(i, oldMetadata(objects, i));
        }
        json.putAll(readFile(file.path().resolveSibling(FILE)));
        var parsed = ImmutableMap.<Integer, JsonNode>builder();
        json.forEach((object, text) -> parse(text).ifPresent(node -> parsed.put(object, node)));
        return new KerasMetadata(parsed.build());
    }

    @SuppressWarnings("deprecation") // models that are older than the file have it there
    private static String oldMetadata(SavedObjectGraph objects, int object) {
        return objects.getNodes(object).getUserObject().getMetadata();
    }

    private static Map<Integer, String> readFile(Path path) {
        var json = new TreeMap<Integer, String>();
        if (!Files.isRegularFile(path)) {
            return json;
        }
        try {
            for (var bytes : UnknownFieldSet.parseFrom(ModelFile.read(path))
                    .getField(OBJECTS)
                    .getLengthDelimitedList()) {
                var object = UnknownFieldSet.parseFrom(bytes);
                // a number that is 0 is left out by the writer
                var number = last(object.getField(NUMBER).getVarintList()).orElse(0L);
                last(object.getField(JSON).getLengthDelimitedList())
                        .ifPresent(text -> json.put(number.intValue(), text.toStringUtf8()));
            }
        } catch (InvalidProtocolBufferException e) {
            return Map.of();
        }
        return json;
    }

    private static <T> Optional<T> last(List<T> values) {
        return values.isEmpty() ? Optional.empty() : Optional.of(values.get(values.size() - 1));
    }

    private static Optional<JsonNode> parse(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.ofNullable(MAPPER.readTree(text));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** The momentum of each layer that has a moving mean, by the mean's handle. */
    Map<String, Float> momenta(SavedModelFile file) {
        var objects = file.metaGraph().getObjectGraphDef();
        var handles = ObjectGraphKeys.variableObjects(file.metaGraph().getGraphDef(), objects)
                .inverse();
        var momenta = new TreeMap<String, Float>();
        byObject.forEach((object, json) -> {
            var momentum = json.path("config").path("momentum");
            if (momentum.isNumber() && object >= 0 && object < objects.getNodesCount()) {
                objects.getNodes(object).getChildrenList().stream()
                        .filter(child -> child.getLocalName().equals("moving_mean"))
                        .flatMap(child -> handles.get(child.getNodeId()).stream())
                        .forEach(handle -> momenta.put(handle, (float) momentum.asDouble()));
            }
        });
        return momenta;
    }

    /** The names of the layers that drop something out in training, with their rates. */
    Map<String, Double> dropouts() {
        var rates = new TreeMap<String, Double>();
        byObject.values().forEach(json -> {
            var config = json.path("config");
            boolean isDropout = json.path("class_name").asText().contains("Dropout");
            if (isDropout && config.path("rate").asDouble() > 0) {
                rates.put(config.path("name").asText(), config.path("rate").asDouble());
            }
        });
        return rates;
    }
}
