package sckd.experiment;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Optional;
import sckd.data.ImageReading;
import sckd.data.ImageSize;
import sckd.data.RecordFeatures;
import sckd.yaml.ChoiceType;
import sckd.yaml.FlagType;
import sckd.yaml.ListType;
import sckd.yaml.NumberType;
import sckd.yaml.Range;
import sckd.yaml.Section;
import sckd.yaml.TextType;

/** The keys that say how image files become a data set. */
final class ImageReadingKeys {
    private static final Section<RecordFeatures> FEATURES =
            Section.of(RecordFeatures.class, "features", "What a TFRecord's `tf.Example` names its parts.", keys -> {
                var standard = RecordFeatures.DEFAULT;
                var image = keys.optional(
                        "image",
                        TextType.TEXT,
                        standard.image(),
                        RecordFeatures::image,
                        "Bytes: an encoded image, or raw pixels.");
                var label = keys.optional(
                        "label", TextType.TEXT, standard.label(), RecordFeatures::label, "One whole number.");
                var text = keys.optional(
                        "text",
                        TextType.TEXT,
                        standard.text(),
                        RecordFeatures::text,
                        "Bytes: the class's name; may be missing in the records.");
                var first = keys.optional(
                        "first-label",
                        NumberType.WHOLE.within(Range.atLeast(0)),
                        0,
                        RecordFeatures::firstLabel,
                        "The number of the first class; 1 in ImageNet's records.");
                var raw = keys.maybe(
                        "raw",
                        new ListType<>(NumberType.WHOLE.within(Range.atLeast(1))),
                        features -> features.raw().map(RecordFeatures.RawShape::sizes),
                        "Height, width and channels of raw pixels of one byte each; without it images are encoded.");
                return values -> new RecordFeatures(
                        values.get(image),
                        values.get(label),
                        values.get(text),
                        values.get(first),
                        values.get(raw).map(RecordFeatures.RawShape::of));
            });

    static final Section<ImageReading> READING =
            Section.of(ImageReading.class, "images", "How image files are read.", keys -> {
                var standard = ImageReading.DEFAULT;
                var size = keys.maybe(
                        "size",
                        NumberType.WHOLE.within(Range.atLeast(1)),
                        reading -> reading.size().map(ImageSize::height),
                        "All images are brought to a square of so many pixels. Without it they must have one size.");
                var width = keys.maybe(
                        "width",
                        NumberType.WHOLE.within(Range.atLeast(1)),
                        reading -> reading.size()
                                .filter(both -> both.width() != both.height())
                                .map(ImageSize::width),
                        "Where it is no square: `size` then is the height.");
                var fit = keys.optional(
                        "fit",
                        ChoiceType.inLowerCase("fit", ImageReading.Fit.class),
                        ImageReading.Fit.CROP,
                        ImageReading::fit,
                        "`crop`: resized until it covers the size, the middle cut out; `stretch`: both sides resized.");
                var share = keys.optional(
                        "crop-share",
                        NumberType.FLOAT.within(Range.aboveTo(0, 1)),
                        1f,
                        ImageReading::cropShare,
                        "How much of each side of that window is kept; 0.875 is the customary 224 of 256.");
                var channels =
                        keys.optional("channels", NumberType.WHOLE, 3, ImageReading::channels, "3, or 1 for grey.");
                var testShare = keys.optional(
                        "test-share",
                        NumberType.FLOAT,
                        standard.testShare(),
                        ImageReading::testShare,
                        "Of the images of a set that has no test part of its own, more than 0, less than 1.");
                var splitSeed = keys.optional(
                        "split-seed",
                        NumberType.LONG,
                        1L,
                        ImageReading::splitSeed,
                        "Draws that part; not the experiment's seed, so that all runs are tested on the same images.");
                var stream = keys.optional(
                        "stream",
                        new FlagType(),
                        false,
                        ImageReading::stream,
                        "Read and decode in every epoch, ahead of the steps, even where all images would fit into 2 GiB.");
                var features = keys.optional(
                        "features", FEATURES, RecordFeatures.DEFAULT, ImageReading::features, "Of TFRecords.");
                return values -> new ImageReading(
                        size(values.get(size), values.get(width)),
                        values.get(fit),
                        values.get(share),
                        values.get(channels),
                        values.get(testShare),
                        values.get(splitSeed),
                        values.get(stream),
                        values.get(features));
            });

    private static Optional<ImageSize> size(Optional<Integer> height, Optional<Integer> width) {
        checkArgument(
                height.isPresent() || width.isEmpty(),
                "width is %s; expected size, the height, beside it",
                width.orElse(0));
        return height.map(rows -> new ImageSize(rows, width.orElse(rows)));
    }

    private ImageReadingKeys() {}
}
