package sckd.distillation;

import static com.google.common.base.Preconditions.checkArgument;

/** What the numbers of losses, heads and gates have to be; a fault begins with the name of the key, as in an experiment file. */
final class Parameters {
    private Parameters() {}

    static void checkAbove0(String key, float value) {
        checkArgument(value > 0 && Float.isFinite(value), "%s is %s; expected more than 0 and finite", key, value);
    }

    static void checkAtLeast0(String key, float value) {
        checkArgument(value >= 0 && Float.isFinite(value), "%s is %s; expected at least 0 and finite", key, value);
    }
}
