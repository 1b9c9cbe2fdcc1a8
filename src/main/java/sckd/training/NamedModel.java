package sckd.training;

import sckd.UserException;
import sckd.data.ImageSet;
import sckd.data.Normalization;
import sckd.savedmodel.ClassifierModel;

/**
 * A model in its part of an experiment.
 *
 * @param name such as {@code student} or the teacher's name
 * @param input the scaling of its input
 */
public record NamedModel(String name, ClassifierModel model, Normalization input) {
    /**
     * Refuses images that the model does not take: TensorFlow would say so in the words of an op far inside, or stretch them silently.
     *
     * @throws UserException if their size, their channels or the scaling's are not those of the model's input
     */
    public void checkTakes(ImageSet images) {
        var shape = model.input().shape(); // [batch, height, width, channels], unknown sizes −1
        long[] sizes = {images.height(), images.width(), images.channels()};
        for (int axis = 0; axis < sizes.length && !shape.isUnknown(); axis++) {
            long expected = shape.get(axis + 1);
            if (expected >= 0 && expected != sizes[axis]) {
                throw new UserException("%s: takes images of %s (height, width, channels); these are %dx%dx%d"
                        .formatted(name, describe(shape.asArray()), sizes[0], sizes[1], sizes[2]));
            }
        }
        if (input.mean().size() != images.channels()) {
            throw new UserException(
                    "%s: mean and std have %d values; expected one a channel, of which the images have %d"
                            .formatted(name, input.mean().size(), images.channels()));
        }
    }

    private static String describe(long[] shape) {
        return size(shape[1]) + "x" + size(shape[2]) + "x" + size(shape[3]);
    }

    private static String size(long size) {
        return size < 0 ? "?" : Long.toString(size);
    }
}
