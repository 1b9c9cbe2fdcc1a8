package sckd.savedmodel;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Optional;
import sckd.data.Normalization;

/**
 * How a model is given its images; what is empty is found by the model's own shapes, or is the data set's.
 *
 * @param name of the input of the signature that takes the images
 * @param scaling of pixels, scale, mean and std as one
 * @param size that images are resized to, before they are scaled
 * @param layout of the images as the model takes them
 * @param channels their order as the model takes them
 */
public record InputSettings(
        Optional<String> name,
        Optional<Normalization> scaling,
        Optional<ImageSize> size,
        Optional<Layout> layout,
        Optional<ChannelOrder> channels) {
    public static final InputSettings NONE =
            new InputSettings(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    public InputSettings {
        name.ifPresent(text -> checkArgument(!text.isBlank(), "input name is empty; expected an input's name"));
    }

    /** A scaling and nothing else. */
    public static InputSettings ofScaling(Normalization scaling) {
        return NONE.withScaling(Optional.of(scaling));
    }

    /** These with another scaling, or none. */
    public InputSettings withScaling(Optional<Normalization> other) {
        return new InputSettings(name, other, size, layout, channels);
    }

    /** What is stated here, and what is not as the others state it. */
    public InputSettings or(InputSettings others) {
        return new InputSettings(
                name.or(others::name),
                scaling.or(others::scaling),
                size.or(others::size),
                layout.or(others::layout),
                channels.or(others::channels));
    }
}
