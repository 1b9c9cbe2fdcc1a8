package sckd.interop;

import org.junit.jupiter.api.function.Executable;

/** A check of a model that says what it is where it fails: a report tells parameters and dynamic tests by number. */
final class NamedCheck {
    private NamedCheck() {}

    static void run(String check, String model, Executable body) {
        try {
            body.execute();
        } catch (Throwable e) {
            throw new AssertionError("%s of %s: %s".formatted(check, model, e.getMessage()), e);
        }
    }
}
