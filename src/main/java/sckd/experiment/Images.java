package sckd.experiment;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import sckd.UserException;
import sckd.data.DataSet;
import sckd.data.DataSets;
import sckd.data.ImageReading;
import sckd.data.LabelledImages;
import sckd.training.TrainingData;

/**
 * An experiment's images, read once for all its stages.
 *
 * @param training what each stage trains and tests on
 */
record Images(DataSet dataSet, TrainingData training) {
    static Images read(DataSpec spec, long seed) {
        var reader = DataSets.all().get(spec.dataset());
        if (reader.needsFiles() && spec.path().isEmpty()) {
            throw new UserException(
                    "data.path is missing; expected the directory or archive of %s (datasets/README.md says where it comes from)"
                            .formatted(spec.dataset()));
        }
        if (!reader.needsFiles() && spec.path().isPresent()) {
            throw new UserException("data.path is %s; %s is generated and has no files: leave data.path out"
                    .formatted(spec.path().get(), spec.dataset()));
        }
        var dataSet =
                reader.read(spec.path().orElse(Path.of(".")), spec.images().orElse(ImageReading.DEFAULT));
        int classes = dataSet.classes().size();
        var train = limit("data.train-limit", spec.trainLimit(), dataSet.train(), "training");
        var test = limit("data.test-limit", spec.testLimit(), dataSet.test(), "test");
        if (spec.validation() == 0) {
            return new Images(
                    dataSet, new TrainingData(classes, train, Optional.empty(), test, spec.augment(), views(spec)));
        }
        if (spec.validation() >= train.size()) {
            throw new UserException("data.validation is %s; expected less than the %s training images"
                    .formatted(spec.validation(), train.size()));
        }
        var split = train.holdOut(spec.validation(), seed);
        return new Images(
                dataSet,
                new TrainingData(
                        classes, split.train(), Optional.of(split.heldOut()), test, spec.augment(), views(spec)));
    }

    private static OptionalInt views(DataSpec spec) {
        return spec.views().map(OptionalInt::of).orElse(OptionalInt.empty());
    }

    private static LabelledImages limit(String key, Optional<Integer> limit, LabelledImages images, String kind) {
        if (limit.isEmpty()) {
            return images;
        }
        if (limit.get() > images.size()) {
            throw new UserException("%s is %s; expected at most the %s %s images there are"
                    .formatted(key, limit.get(), images.size(), kind));
        }
        return images.head(limit.get());
    }
}
