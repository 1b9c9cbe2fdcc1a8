package sckd.experiment;

import com.google.common.collect.ImmutableMap;
import java.util.function.Function;
import sckd.data.Augmentation;
import sckd.data.ColourJitter;
import sckd.data.CutMix;
import sckd.data.Cutout;
import sckd.data.HorizontalFlip;
import sckd.data.MixAugmentation;
import sckd.data.Mixup;
import sckd.data.RandomCrop;
import sckd.data.RandomResizedCrop;
import sckd.yaml.ChoiceType;
import sckd.yaml.Keys;
import sckd.yaml.Kinds;
import sckd.yaml.NumberType;
import sckd.yaml.Part;
import sckd.yaml.Range;
import sckd.yaml.Section;

/** The changes of training images, by name. */
final class AugmentationKeys {
    static final Kinds<Augmentation> KINDS = new Kinds<>(
            "augmentation",
            ImmutableMap.<String, Section<? extends Augmentation>>builder()
                    .put("random-crop", randomCrop())
                    .put(
                            "horizontal-flip",
                            Section.kind(
                                    HorizontalFlip.class,
                                    "Mirrors every second image, at random.",
                                    keys -> values -> new HorizontalFlip()))
                    .put("random-resized-crop", randomResizedCrop())
                    .put("colour-jitter", colourJitter())
                    .put("cutout", cutout())
                    .put(
                            "mixup",
                            mix(
                                    Mixup.class,
                                    "Blends each image with another of the training images, and the labels likewise. The last of the list; not with losses that use the labels.",
                                    Mixup::new))
                    .put(
                            "cutmix",
                            mix(
                                    CutMix.class,
                                    "Puts a window of another of the training images into each, and weighs the labels by area. The last of the list; not with losses that use the labels.",
                                    CutMix::new))
                    .buildOrThrow());

    static final Section<Augmentation> AUGMENTATION =
            Section.of(Augmentation.class, "augmentation", "A random change of a training image.", keys -> {
                var kind = keys.kind(KINDS, Function.<Augmentation>identity());
                return values -> values.get(kind);
            });

    private static Section<RandomCrop> randomCrop() {
        return Section.kind(
                RandomCrop.class,
                "Pads the image with black on every side and cuts a window of its size at random.",
                keys -> {
                    var padding = keys.optional(
                            "padding",
                            NumberType.WHOLE.within(Range.atLeast(1)),
                            4,
                            RandomCrop::padding,
                            "Pixels on each side.");
                    return values -> new RandomCrop(values.get(padding));
                });
    }

    private static Section<RandomResizedCrop> randomResizedCrop() {
        return Section.kind(
                RandomResizedCrop.class,
                "Cuts a window of random area and shape and resizes it to the image's size.",
                keys -> {
                    var smallest = keys.optional(
                            "smallest",
                            NumberType.FLOAT.within(Range.aboveTo(0, 1)),
                            .08f,
                            RandomResizedCrop::smallest,
                            "The least area, as a share of the image's.");
                    var aspect = keys.optional(
                            "aspect",
                            NumberType.FLOAT.within(Range.atLeast(1)),
                            4 / 3f,
                            RandomResizedCrop::aspect,
                            "The greatest ratio of the window's sides.");
                    return values -> new RandomResizedCrop(values.get(smallest), values.get(aspect));
                });
    }

    private static Section<ColourJitter> colourJitter() {
        return Section.kind(
                ColourJitter.class,
                "Changes brightness, contrast and saturation, each by a factor from 1 − strength to 1 + strength.",
                keys -> {
                    var brightness = strength(keys, "brightness", ColourJitter::brightness);
                    var contrast = strength(keys, "contrast", ColourJitter::contrast);
                    var saturation = strength(keys, "saturation", ColourJitter::saturation);
                    return values ->
                            new ColourJitter(values.get(brightness), values.get(contrast), values.get(saturation));
                });
    }

    private static Part<ColourJitter, Float> strength(
            Keys<ColourJitter> keys, String name, Function<ColourJitter, Float> get) {
        return keys.optional(name, NumberType.FLOAT.within(Range.fromTo(0, 1)), .4f, get, "Strength; 0: none.");
    }

    private static Section<Cutout> cutout() {
        return Section.kind(Cutout.class, "Hides a square of each image.", keys -> {
            var size = keys.optional(
                    "size",
                    NumberType.WHOLE.within(Range.atLeast(1)),
                    16,
                    Cutout::size,
                    "Of its sides, in pixels; it may reach beyond the image.");
            var fill = keys.optional(
                    "fill",
                    ChoiceType.inLowerCase("fill", Cutout.Fill.class),
                    Cutout.Fill.MEAN,
                    Cutout::fill,
                    "What it shows: the mean of the training images, by channel, or black.");
            return values -> new Cutout(values.get(size), values.get(fill));
        });
    }

    /** Makes a mixture. */
    private interface Mix<T> {
        T make(float alpha, float probability);
    }

    private static <T extends MixAugmentation> Section<T> mix(Class<T> type, String meaning, Mix<T> mix) {
        return Section.kind(type, meaning, keys -> {
            var alpha = keys.optional(
                    "alpha",
                    NumberType.FLOAT.within(Range.above(0)),
                    1f,
                    MixAugmentation::alpha,
                    "The weight is drawn from Beta(alpha, alpha).");
            var probability = keys.optional(
                    "probability",
                    NumberType.FLOAT.within(Range.fromTo(0, 1)),
                    1f,
                    MixAugmentation::probability,
                    "With which an image is mixed.");
            return values -> mix.make(values.get(alpha), values.get(probability));
        });
    }

    private AugmentationKeys() {}
}
