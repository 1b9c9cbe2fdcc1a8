package sckd.zoo;

/**
 * An architecture that a user adds to the zoo. A class with a constructor without arguments; {@code META-INF/services/sckd.zoo.ArchitectureKind} on
 * the class path names it.
 */
public interface ArchitectureKind {
    /** Behind {@code zoo:}; none that a built-in architecture has or could have. */
    String name();

    /**
     * The network for so many classes.
     *
     * @throws IllegalArgumentException if there is none; the message says what was expected
     */
    Architecture make(int classes);
}
