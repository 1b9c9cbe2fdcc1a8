package sckd.zoo;

import com.google.common.collect.ImmutableMap;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import sckd.savedmodel.Inspection;

/** A model of the zoo as it is read back, without running it. */
record WrittenModel(Inspection inspection) {
    /** For 10 classes and square images with three channels. */
    static WrittenModel of(Path directory, String architecture, int side) {
        var target = directory.resolve(architecture + "-" + side);
        Zoo.create(architecture, 10, List.of(side, side, 3), 1, target);
        return new WrittenModel(Inspection.of(target));
    }

    /** Shapes such as {@code [?, 8, 8, 64]} by name. */
    Map<String, String> features() {
        return inspection.features().stream()
                .collect(ImmutableMap.toImmutableMap(Inspection.Feature::name, Inspection.Feature::shape));
    }

    /** Those of stages and around them, not of blocks and layers in a stage. */
    Map<String, String> mainFeatures() {
        var main = ImmutableMap.<String, String>builder();
        features().forEach((name, shape) -> {
            if (!name.contains("/")) {
                main.put(name, shape);
            }
        });
        return main.buildOrThrow();
    }
}
