package sckd.experiment;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import sckd.UserException;
import sckd.data.DataSet;
import sckd.files.IoReason;
import sckd.savedmodel.ClassifierModel;
import sckd.savedmodel.ModelCard;
import sckd.savedmodel.ModelSettings;
import sckd.training.NamedModel;

/** Makes or copies the models of a run and reads them. */
final class Models {
    private Models() {}

    /**
     * Puts the student as it is before training to {@code target}, unless it is there already; what is stated of it goes into its card, so that
     * it needs no settings any more, nor does what is exported of it.
     */
    static void writeInitial(ModelSource source, ModelSettings stated, DataSet dataSet, long seed, Path target) {
        if (!Files.exists(target)) {
            var train = dataSet.train();
            var shape = List.of(train.height(), train.width(), train.channels());
            source.write(dataSet.classes().size(), shape, seed, stated, target);
        }
        keepSettings(stated, target);
    }

    private static void keepSettings(ModelSettings stated, Path model) {
        try {
            ModelCard.keep(stated, model);
        } catch (IOException e) {
            throw new UserException("%s: cannot be written: %s".formatted(ModelCard.path(model), IoReason.of(e)), e);
        }
    }

    /** Reads a model as stated, for the data set. */
    static NamedModel read(String name, Path directory, ModelSettings stated, DataSet dataSet) {
        return NamedModel.of(name, ClassifierModel.read(directory, stated), stated, dataSet);
    }

    /** The teachers that an experiment takes as they are, by name. */
    static Map<String, NamedModel> readGiven(Experiment experiment, DataSet dataSet) {
        var given = ImmutableMap.<String, NamedModel>builder();
        experiment.teachers().stream()
                .filter(teacher -> teacher.training().isEmpty())
                .forEach(teacher -> given.put(
                        teacher.name(),
                        read(teacher.name(), Path.of(teacher.model().text()), teacher.settings(), dataSet)));
        return given.buildOrThrow();
    }

    /** Tells what reading a model that is trained noticed of its training. */
    static void tellTrainingNotes(NamedModel model, RunListener listener) {
        model.model().training().notes().forEach(note -> listener.message("%s: %s".formatted(model.name(), note)));
    }

    /** Tells what reading a model changed or noticed. */
    static void tellNotes(NamedModel model, RunListener listener) {
        model.model().notes().forEach(note -> listener.message("%s: %s".formatted(model.name(), note)));
    }
}
