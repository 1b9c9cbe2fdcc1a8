package sckd.savedmodel;

import org.tensorflow.ndarray.Shape;

/** Says why images do not fit a model, and what would mend it. */
final class ImageMismatch {
    private static final int RANK_OF_IMAGES = 4;
    private static final int MOST_CHANNELS = 4;

    private ImageMismatch() {}

    /** @param images as they come, {@code [batch, height, width, channels]} */
    static String describe(Shape images, ClassifierModel model) {
        var input = model.input().shape();
        return "images are %s; %s takes %s; %s"
                .formatted(
                        Shapes.describe(images),
                        model.directory(),
                        Shapes.describe(input),
                        mend(images, input, model.settings().input()));
    }

    private static String mend(Shape images, Shape input, InputSettings settings) {
        if (images.numDimensions() != RANK_OF_IMAGES) {
            return "expected images [batch, height, width, channels]";
        }
        long channels = images.get(RANK_OF_IMAGES - 1);
        if (channels > 0 && !ImageInput.fitsChannels(input, Math.toIntExact(channels))) {
            return "%s cannot be made of %s: use images of as many channels, or another model"
                    .formatted(input.numDimensions() < RANK_OF_IMAGES ? "its values" : channelsOf(input), channels);
        }
        if (settings.size().isPresent()) {
            return "they were resized to the stated size %s; state the model's own"
                    .formatted(settings.size().get());
        }
        return "state its `size: [h, w]` to have them resized, or use another model";
    }

    private static String count(long channels) {
        return channels == 1 ? "1 channel" : channels + " channels";
    }

    /** Where they stand is told by the size that only channels have. */
    private static String channelsOf(Shape input) {
        int rank = input.numDimensions();
        long first = input.get(rank - 3);
        long last = input.get(rank - 1);
        if (last > 0 && last <= MOST_CHANNELS) {
            return count(last);
        }
        return first > 0 && first <= MOST_CHANNELS ? count(first) : "its channels";
    }
}
