package sckd.savedmodel;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableMap;
import java.util.Map;
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
 * @param others numbers by the names of inputs of the signature beside the images: each of their elements is given it
 */
public record InputSettings(
        Optional<String> name,
        Optional<Normalization> scaling,
        Optional<ImageSize> size,
        Optional<Layout> layout,
        Optional<ChannelOrder> channels,
        Map<String, Double> others) {
    public static final InputSettings NONE = new InputSettings(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Map.of());

    public InputSettings {
        others = ImmutableMap.copyOf(others);
        others.forEach((input, number) -> checkArgument(
                Double.isFinite(number), "the number of '%s' is %s; expected a finite one", input, number));
        name.ifPresent(text -> checkArgument(!text.isBlank(), "input name is empty; expected an input's name"));
    }

    /** A scaling and nothing else. */
    public static InputSettings ofScaling(Normalization scaling) {
        return NONE.withScaling(Optional.of(scaling));
    }

    /** These with another scaling, or none. */
    public InputSettings withScaling(Optional<Normalization> other) {
        return new InputSettings(name, other, size, layout, channels, others);
    }

    /** These with other numbers for inputs beside the images. */
    public InputSettings withOthers(Map<String, Double> numbers) {
        return new InputSettings(name, scaling, size, layout, channels, numbers);
    }

    /** What is stated here, and what is not as {@code less} states it. */
    public InputSettings or(InputSettings less) {
        return new InputSettings(
                name.or(less::name),
                scaling.or(less::scaling),
                size.or(less::size),
                layout.or(less::layout),
                channels.or(less::channels),
                ImmutableMap.<String, Double>builder()
                        .putAll(less.others)
                        .putAll(others)
                        .buildKeepingLast());
    }
}
