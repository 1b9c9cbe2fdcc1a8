package sckd.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.function.Executable;

/**
 * Every model is trained for six steps as a student of another and exported; every loader computes with the export what the training does.
 * Python checks all exports in one process.
 */
@Tag("interop")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StudentsTest {
    private static final Path EXPORTS = Path.of("target/interop/exports");
    private static final Duration LIMIT = Duration.ofMinutes(20);

    /** What each training ended with: null where it came to its end. */
    private final Map<String, Throwable> failures = new LinkedHashMap<>();

    @BeforeAll
    void trainAndExport() {
        for (var student : Students.all()) {
            Throwable failure = null;
            try {
                student.train(new StudentRun(EXPORTS.resolve(student.name())));
            } catch (Throwable e) {
                failure = e;
            }
            failures.put(student.name(), failure);
        }
        var whole = failures.keySet().stream()
                .filter(name -> failures.get(name) == null)
                .map(name -> EXPORTS.resolve(name).toString())
                .toList();
        Python.run(Path.of("target/interop/check_exports.log"), LIMIT, "check_exports.py", whole);
    }

    @TestFactory
    Stream<DynamicNode> students() {
        return failures.keySet().stream().map(this::tests);
    }

    private DynamicNode tests(String name) {
        var tests = new ArrayList<DynamicNode>();
        tests.add(test("training", name, () -> {
            if (failures.get(name) != null) {
                throw failures.get(name);
            }
        }));
        if (failures.get(name) == null) {
            tests.add(test("SavedModelBundle", name, () -> LoadedBundle.check(EXPORTS.resolve(name))));
            results(name)
                    .properties()
                    .forEach(result -> tests.add(test(result.getKey(), name, () -> {
                        var text = result.getValue().asText();
                        assertThat(text).matches("ok|does not apply: .*");
                    })));
        }
        return dynamicContainer(name, tests);
    }

    private static DynamicNode test(String check, String model, Executable body) {
        return dynamicTest(check, () -> Pending.check(check, model, body));
    }

    private static JsonNode results(String name) {
        try {
            return new JsonMapper()
                    .readTree(Files.readAllBytes(EXPORTS.resolve(name).resolve("results.json")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
