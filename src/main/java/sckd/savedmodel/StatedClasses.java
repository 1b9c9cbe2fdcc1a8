package sckd.savedmodel;

import java.util.List;
import sckd.UserException;

/** Whether there are as many names of classes as logits. */
final class StatedClasses {
    private static final int CLASS_AXIS = 1;

    private StatedClasses() {}

    /** @throws UserException if there are names, and more or fewer than logits */
    static void check(List<String> classes, TensorName logits, TensorTypes types) {
        long count = types.shape(logits).get(CLASS_AXIS);
        if (!classes.isEmpty() && classes.size() != count) {
            throw new UserException("classes has %d names; the model's logits '%s' are for %d classes"
                    .formatted(classes.size(), logits, count));
        }
    }
}
