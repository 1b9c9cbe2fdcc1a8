package sckd.interop;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Fifty steps on the same batches with the same optimizer end with the weights of Python, to 1e-4 of the largest of a tensor. */
@Tag("interop")
class FineTuneTest {
    private static final Path WORK = Path.of("target/interop/fine-tune");
    private static final String SHARED = System.getProperty("sckd.shared", "../shared");

    @Test
    void fiftyStepsEndWithTheWeightsOfPython() {
        var models = WORK.resolve("models").toString();
        python("train", models, SHARED);
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Program.run(
                WORK.resolve("ours.log"),
                Duration.ofMinutes(10),
                List.of(java, "-cp", System.getProperty("java.class.path"), "sckd.training.FineTune", models));
        python("compare", models);
    }

    private static void python(String task, String... arguments) {
        var all = new ArrayList<>(List.of(task));
        all.addAll(List.of(arguments));
        Python.run(WORK.resolve(task + ".log"), Duration.ofMinutes(10), "fine_tune.py", all);
    }
}
