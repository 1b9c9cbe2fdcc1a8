package sckd.experiment;

import sckd.distillation.Gate;
import sckd.yaml.Section;

/**
 * A gate that an experiment may name beside the built-in ones. A class with a constructor without arguments; {@code
 * META-INF/services/sckd.experiment.GateKind} on the class path names it.
 */
public interface GateKind {
    /** After {@code kind:} in a file; none of the built-in ones. */
    String name();

    /** Declares its keys and makes the gate, as {@link Section#kind} does. */
    Section<? extends Gate> section();
}
