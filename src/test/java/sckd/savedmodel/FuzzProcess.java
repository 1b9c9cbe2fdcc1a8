package sckd.savedmodel;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Tries mutants in a process of its own, so that one that ends the process is known by its number: arguments DIRECTORY FIRST END. Prints {@code try N}
 * before and {@code OUTCOME N} after each, or {@code FAULT N} with the stack trace.
 */
public final class FuzzProcess {
    private FuzzProcess() {}

    public static void main(String[] arguments) throws IOException {
        var directory = Path.of(arguments[0]);
        var models = FuzzModels.write(directory.resolve("models"));
        long end = Long.parseLong(arguments[2]);
        for (long number = Long.parseLong(arguments[1]); number < end; number++) {
            System.out.println("try " + number);
            System.out.println(attempt(models, number, directory.resolve("mutant")) + " " + number);
        }
    }

    private static String attempt(java.util.List<Path> models, long number, Path mutant) throws IOException {
        FuzzMutant.write(models, number, mutant);
        try {
            return FuzzTrial.run(mutant).name();
        } catch (RuntimeException | Error e) {
            e.printStackTrace(System.out);
            return "FAULT";
        }
    }
}
