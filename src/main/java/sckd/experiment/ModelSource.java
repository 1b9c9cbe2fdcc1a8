package sckd.experiment;

import static com.google.common.base.Preconditions.checkArgument;

import java.nio.file.Path;
import java.util.List;
import sckd.UserException;
import sckd.files.AtomicDirectory;
import sckd.files.TreeCopy;
import sckd.savedmodel.ClassifierModel;
import sckd.savedmodel.ModelSettings;
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

    /**
     * Writes the model as a SavedModel of the run's own.
     *
     * @param classes and {@code imageShape} (height, width, channels) and {@code seed}: of a model that is made
     * @param stated how a model that is copied is read
     * @param target a new directory
     * @throws UserException if the source is no allowed classifier or the target cannot be written
     */
    void write(int classes, List<Integer> imageShape, long seed, ModelSettings stated, Path target);

    /** An untrained model of the built-in zoo. */
    record ZooModel(String architecture) implements ModelSource {
        public ZooModel {
            Zoo.findFault(architecture).ifPresent(fault -> {
                throw new IllegalArgumentException(fault);
            });
        }

        @Override
        public String text() {
            return ZOO_PREFIX + architecture;
        }

        @Override
        public void write(int classes, List<Integer> imageShape, long seed, ModelSettings stated, Path target) {
            Zoo.create(architecture, classes, imageShape, seed, target);
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

        @Override
        public void write(int classes, List<Integer> imageShape, long seed, ModelSettings stated, Path target) {
            ClassifierModel.read(directory, stated); // its faults are told of the path that the user gave
            AtomicDirectory.write(target, partial -> TreeCopy.copy(directory, partial, path -> true));
        }
    }
}
