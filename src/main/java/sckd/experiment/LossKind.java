package sckd.experiment;

import sckd.distillation.DistillationLoss;
import sckd.yaml.Section;

/**
 * A loss that an experiment may name beside the built-in ones. A class with a constructor without arguments; {@code
 * META-INF/services/sckd.experiment.LossKind} on the class path names it.
 */
public interface LossKind {
    /** After {@code kind:} in a file; none of the built-in ones. */
    String name();

    /** Declares its keys and makes the loss, as {@link Section#kind} does. */
    Section<? extends DistillationLoss> section();
}
