package sckd.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import sckd.UserException;
import sckd.yaml.EditorView;

/** The schema takes and refuses what the reader takes and refuses. */
class ExperimentSchemaTest {
    private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(ExperimentReference.jsonSchema());
    private static final JsonNode DEFINITIONS = SCHEMA.getSchemaNode().get("$defs");

    @Test
    void isASchema() {
        var version = SpecificationVersion.DRAFT_2020_12;
        var schemaOfSchemas =
                SchemaRegistry.withDefaultDialect(version).getSchema(SchemaLocation.of(version.getDialectId()));

        assertThat(schemaOfSchemas.validate(SCHEMA.getSchemaNode())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("sckd.experiment.BuiltInExperiment#all")
    void takesTheBuiltInExperiments(BuiltInExperiment builtIn) {
        assertThat(validate(builtIn.text())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {Samples.MINIMAL, Samples.FULL})
    void takesWhatWeWrite(String text) {
        assertThat(validate(ExperimentFile.toYaml(Samples.read(text)))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "unknown: 1",
                "data: {dataset: shapes, unknown: 1}",
                "data: {}",
                "data: {dataset: shape}",
                "data: {dataset: shapes, augment: random-crop}",
                "data: {dataset: shapes, augment: [random-crap]}",
                "data: {dataset: shapes, augment: [{kind: horizontal-flip, padding: 4}]}",
                "student: {}",
                "student: {model: savedmodels/small, tags: serve}",
                "student: {model: savedmodels/small, input: {layout: HWC}}",
                "student: {model: savedmodels/small, input: {mean: high}}",
                "student: {model: savedmodels/small, classes: {}}",
                "teachers: [{name: big}]",
                "teachers: [{name: b/g, model: savedmodels/big}]",
                "losses: [{name: a, kind: kdd, teacher: big}]",
                "losses: [{name: a, teacher: big}]",
                "losses: [output]",
                "losses: [{name: a, kind: output, teacher: {name: big}}]",
                "losses: [{name: a, kind: l2, teacher: big, temperature: 3}]",
                "gate: {kind: none, threshold: 0}",
                "gate: open",
                "gate: product",
                "gate: {kind: product, of: [cosine, open]}",
                "training: {epochs: 1.5, batch-size: 8, optimizer: {kind: sgd, learning-rate: 0.1}}",
                "training: {epochs: 1, batch-size: 8, optimizer: sgd}",
                "training: {epochs: 1, batch-size: 8, optimizer: {kind: sgd, learning-rate: 0.1, beta1: 0.9}}",
                "training: {epochs: 1, batch-size: 8, optimizer: {kind: sgd, learning-rate: 0.1}, schedule: step}",
                "stages: [{supervised: {weight: 0}}]",
                "stages: [{name: hint, student: {model: savedmodels/small}}]",
                "methods: {a: {data: {dataset: shapes}}}",
                "methods: {a b: {}}",
            })
    void refusesWhatTheReaderRefuses(String override) {
        var key = override.substring(0, override.indexOf(':'));
        var text = Samples.MINIMAL.replaceFirst("(?m)^" + key + ": .*\\n", "") + override;

        assertThatThrownBy(() -> Samples.read(text)).isInstanceOf(UserException.class);
        assertThat(validate(text)).isNotEmpty();
    }

    /** Kinds with numbers of their own, a method for each sort. */
    private static final String KINDS =
            """
            {EMA: {gate: ema}, FADE: {gate: {kind: schedule, epochs: 2}}, RAND: {gate: {kind: random, rate: .5}}, LOSS: {losses: [\
            {name: dkd, kind: dkd, teacher: resnet56}, {name: dist, kind: dist, teacher: resnet56}, \
            {name: rkd, kind: relational, teacher: resnet56, teacher-layer: a, student-layer: b}, \
            {name: tofd, kind: tofd, teacher: resnet56, teacher-layer: a, student-layer: b}]}}""";

    private static final String AUGMENT =
            "[random-crop, random-resized-crop, colour-jitter, cutout, {kind: cutmix, probability: .5}]";

    @ParameterizedTest
    @MethodSource("ranges")
    void rangesAreThoseOfTheRecords(String path, String inside, String outside) {
        var text = ExperimentFile.toYaml(Samples.read(Samples.FULL, "methods=" + KINDS, "data.augment=" + AUGMENT));
        assertThat(Samples.read(text, path + "=" + inside)).isNotNull();
        assertThat(validate(text, path + "=" + inside)).isEmpty();

        assertThatThrownBy(() -> Samples.read(text, path + "=" + outside)).isInstanceOf(UserException.class);
        assertThat(validate(text, path + "=" + outside)).isNotEmpty();
    }

    /** Key, a value at the edge of its range or close to it, and one just outside. */
    static Stream<Arguments> ranges() {
        return Stream.of(
                Arguments.of("data.views", "1", "0"),
                Arguments.of("data.train-limit", "1", "0"),
                Arguments.of("data.test-limit", "1", "0"),
                Arguments.of("data.validation", "0", "-1"),
                Arguments.of("data.images.size", "1", "0"),
                Arguments.of("data.images.width", "1", "0"),
                Arguments.of("data.images.features.first-label", "0", "-1"),
                Arguments.of("data.images.features.raw[0]", "1", "0"),
                Arguments.of("data.images.crop-share", "1", "1.001"),
                Arguments.of("data.augment[0].padding", "1", "0"),
                Arguments.of("data.augment[1].smallest", "1e-6", "0"),
                Arguments.of("data.augment[1].smallest", "1", "1.001"),
                Arguments.of("data.augment[1].aspect", "1", "0.999"),
                Arguments.of("data.augment[2].brightness", "0", "-0.001"),
                Arguments.of("data.augment[2].contrast", "1", "1.001"),
                Arguments.of("data.augment[2].saturation", "1", "1.001"),
                Arguments.of("data.augment[3].size", "1", "0"),
                Arguments.of("data.augment[4].alpha", "1e-6", "0"),
                Arguments.of("data.augment[4].probability", "1", "1.001"),
                Arguments.of("student.batch-norm-momentum", "0", "-0.001"),
                Arguments.of("student.batch-norm-momentum", "1", "1.001"),
                Arguments.of("student.input.scale", "1e-6", "0"),
                Arguments.of("student.input.size", "[1, 1]", "[1, 0]"),
                Arguments.of("student.input.std[0]", "1e-6", "0"),
                Arguments.of("supervised.weight", "0", "-0.001"),
                Arguments.of("losses.output.weight", "0", "-0.001"),
                Arguments.of("losses.output.temperature", "1e-6", "0"),
                Arguments.of("losses.same.weight", "0", "-0.001"),
                Arguments.of("losses.own.temperature.from", "1e-6", "0"),
                Arguments.of("losses.own.temperature.to", "1e-6", "0"),
                Arguments.of("student.heads.early.blocks", "1", "0"),
                Arguments.of("student.heads.early.weight", "0", "-0.001"),
                Arguments.of("methods.LOSS.losses.dkd.target", "0", "-0.001"),
                Arguments.of("methods.LOSS.losses.dkd.others", "0", "-0.001"),
                Arguments.of("methods.LOSS.losses.dist.samples", "0", "-0.001"),
                Arguments.of("methods.LOSS.losses.dist.classes", "0", "-0.001"),
                Arguments.of("methods.LOSS.losses.rkd.distance", "0", "-0.001"),
                Arguments.of("methods.LOSS.losses.rkd.angle", "0", "-0.001"),
                Arguments.of("methods.LOSS.losses.tofd.distance", "0", "-0.001"),
                Arguments.of("methods.LOSS.losses.tofd.orthogonality", "0", "-0.001"),
                Arguments.of("gate.threshold", "-1", "-1.001"),
                Arguments.of("gate.threshold", "1", "1.001"),
                Arguments.of("methods.EMA.gate.rate", "1e-6", "0"),
                Arguments.of("methods.EMA.gate.rate", "1", "1.001"),
                Arguments.of("methods.FADE.gate.epochs", "1e-6", "0"),
                Arguments.of("methods.FADE.gate.from", "0", "-0.001"),
                Arguments.of("methods.FADE.gate.to", "0", "-0.001"),
                Arguments.of("methods.RAND.gate.rate", "1", "1.001"),
                Arguments.of("training.epochs", "1", "0"),
                Arguments.of("training.batch-size", "1", "0"),
                Arguments.of("training.clip-norm", "1e-6", "0"),
                Arguments.of("training.keep-checkpoints", "1", "0"),
                Arguments.of("training.schedule.at[0]", "1", "0"),
                Arguments.of("training.schedule.factor", "1e-6", "0"),
                Arguments.of("training.schedule.warmup-epochs", "0", "-0.5"),
                Arguments.of("training.optimizer.learning-rate", "1e-6", "0"),
                Arguments.of("training.optimizer.momentum", "0.99", "1"),
                Arguments.of("training.optimizer.weight-decay", "0", "-0.001"),
                Arguments.of("teachers.assistant.training.optimizer.beta1", "0", "1"),
                Arguments.of("teachers.assistant.training.optimizer.beta2", "0", "1"),
                Arguments.of("teachers.assistant.training.optimizer.epsilon", "1e-8", "0"),
                Arguments.of("teachers.assistant.training.optimizer.weight-decay", "0", "-0.001"));
    }

    @Test
    void everyRangeIsTried() {
        var tried = ranges().map(row -> (String) row.get()[0])
                .map(path -> path.replaceFirst(".*\\.", "").replaceFirst("\\[.*", ""))
                .collect(Collectors.toSet());

        assertThat(tried).isEqualTo(keysWithRange(DEFINITIONS, "", new TreeSet<>()));
    }

    /** The names of the properties below {@code node} that have a least or largest value. */
    private static Set<String> keysWithRange(JsonNode node, String key, Set<String> found) {
        if (Stream.of("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
                .anyMatch(node::has)) {
            found.add(key);
        }
        node.properties()
                .forEach(entry -> keysWithRange(
                        entry.getValue(),
                        Set.of("items", "anyOf").contains(entry.getKey()) ? key : entry.getKey(),
                        found));
        node.forEach(child -> {
            if (node.isArray()) {
                keysWithRange(child, key, found);
            }
        });
        return found;
    }

    private static List<Error> validate(String text, String... overrides) {
        return SCHEMA.validate(EditorView.of(text, overrides));
    }
}
