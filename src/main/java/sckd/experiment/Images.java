package sckd.experiment;

import java.nio.file.Path;
import java.util.Optional;
import sckd.UserException;
import sckd.data.DataSet;
import sckd.data.DataSets;
import sckd.data.ImageSet;
import sckd.training.TrainingData;

/**
 * An experiment's images, read once for all its stages.
 *
 * @param training what each stage trains and tests on
 */
record Images(DataSet dataSet, TrainingData training) {
    static Images read(DataSpec spec, long seed) {
        var dataSet = DataSets.all().get(spec.dataset()).read(spec.path().orElse(Path.of(".")), seed);
        var train = limit(dataSet.train(), spec.trainLimit());
        var test = limit(dataSet.test(), spec.testLimit());
        if (spec.validation() == 0) {
            return new Images(dataSet, new TrainingData(train, Optional.empty(), test, spec.augment()));
        }
        if (spec.validation() >= train.size()) {
            throw new UserException("data.validation is %s; expected less than the %s training images"
                    .formatted(spec.validation(), train.size()));
        }
        var split = train.holdOut(spec.validation(), seed);
        return new Images(dataSet, new TrainingData(split.train(), Optional.of(split.heldOut()), test, spec.augment()));
    }

    private static ImageSet limit(ImageSet images, Optional<Integer> limit) {
        return limit.map(count -> images.head(Math.min(count, images.size()))).orElse(images);
    }
}
