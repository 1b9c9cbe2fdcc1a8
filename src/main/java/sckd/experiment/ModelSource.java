package sckd.experiment;

import static com.google.common.base.Preconditions.checkArgument;

import java.nio.file.Path;
import sckd.Nearest;
import sckd.zoo.Zoo;

/** Where a model comes from. */
public sealed interface ModelSource {
    String ZOO_PREFIX = "zoo:";

    /** Reads {@code zoo:NAME} or a path. */
    static ModelSource parse(String text) {
        return text.startsWith(ZOO_PREFIX)
                ? new ZooModel(text.substring(ZOO_PREFIX.length()))
                : new SavedModel(Path.of(text));
    }

    /** As {@link #parse} reads it. */
    String text();

    /** An untrained model of the built-in zoo. */
    record ZooModel(String architecture) implements ModelSource {
        public ZooModel {
            checkArgument(
                    Zoo.names().contains(architecture),
                    "unknown architecture '%s'; %s",
                    architecture,
                    Nearest.hint(architecture, Zoo.names()));
        }

        @Override
        public String text() {
            return ZOO_PREFIX + architecture;
        }
    }

    /** A SavedModel's directory, relative to the working directory. */
    record SavedModel(Path directory) implements ModelSource {
        public SavedModel {
            checkArgument(
                    !directory.toString().isBlank(),
                    "is empty; expected %sNAME or a SavedModel's directory",
                    ZOO_PREFIX);
        }

        @Override
        public String text() {
            return directory.toString();
        }
    }
}
