package sckd.experiment;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import sckd.data.DataSet;
import sckd.data.Normalization;
import sckd.savedmodel.ClassifierModel;
import sckd.training.NamedModel;

/** Makes or copies the models of a run and reads them. */
final class Models {
    private Models() {}

    /** Puts the student as it is before training to {@code target}, unless it is there already. */
    static void writeInitial(ModelSource source, DataSet dataSet, long seed, Path target) {
        if (!Files.exists(target)) {
            var train = dataSet.train();
            var shape = List.of(train.height(), train.width(), train.channels());
            source.write(dataSet.classes().size(), shape, seed, target);
        }
    }

    /** Reads a model; its scaling is the given one, else its own, else the data set's. */
    static NamedModel read(String name, Path directory, Optional<Normalization> input, DataSet dataSet) {
        var model = ClassifierModel.read(directory);
        var scaling = model.chooseScaling(input, dataSet.normalization());
        return new NamedModel(name, model, scaling);
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
