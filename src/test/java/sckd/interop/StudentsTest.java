package sckd.interop;

import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** What each training ended with: null where it came to its end. */
    private final Map<String, Throwable> failures = new LinkedHashMap<>();

    @BeforeAll
    void trainAndExport() {
        for (var student : Students.all()) {
            Throwable failure = null;
            try {
                student.train(new StudentRun(exported(student.name())));
            } catch (Throwable e) {
                failure = e;
            }
            failures.put(student.name(), failure);
        }
        ExportedStudent.runChecks(
                "check_exports",
                failures.keySet().stream()
                        .filter(name -> failures.get(name) == null)
                        .map(StudentsTest::exported)
                        .toList());
    }

    private static ExportedStudent exported(String name) {
        return new ExportedStudent(EXPORTS.resolve(name));
    }

    @TestFactory
    List<DynamicNode> students() throws IOException {
        var nodes = new ArrayList<DynamicNode>();
        for (var name : failures.keySet()) {
            nodes.add(tests(name));
        }
        return nodes;
    }

    private DynamicNode tests(String name) throws IOException {
        var tests = new ArrayList<DynamicNode>();
        tests.add(test("training", name, () -> {
            if (failures.get(name) != null) {
                throw failures.get(name);
            }
        }));
        if (failures.get(name) == null) {
            tests.add(test("SavedModelBundle", name, () -> LoadedBundle.check(EXPORTS.resolve(name))));
            exported(name)
                    .readResults()
                    .forEach((check, result) ->
                            tests.add(test(check, name, () -> ExportedStudent.assertPassed(result))));
        }
        return dynamicContainer(name, tests);
    }

    private static DynamicNode test(String check, String model, Executable body) {
        return dynamicTest(check, () -> NamedCheck.run(check, model, body));
    }
}
