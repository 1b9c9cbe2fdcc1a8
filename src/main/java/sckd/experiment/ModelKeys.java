package sckd.experiment;

import static com.google.common.base.Preconditions.checkArgument;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import sckd.UserException;
import sckd.data.Normalization;
import sckd.savedmodel.ChannelOrder;
import sckd.savedmodel.ClassNames;
import sckd.savedmodel.ImageSize;
import sckd.savedmodel.InputSettings;
import sckd.savedmodel.Layout;
import sckd.savedmodel.ModelSettings;
import sckd.savedmodel.Scaling;
import sckd.yaml.ChoiceType;
import sckd.yaml.Keys;
import sckd.yaml.ListType;
import sckd.yaml.MapType;
import sckd.yaml.NumberType;
import sckd.yaml.Range;
import sckd.yaml.Section;
import sckd.yaml.ShortListType;
import sckd.yaml.TextType;
import sckd.yaml.Type;
import sckd.yaml.Values;

/** The keys of a model that say how it is read and given its images, the same for teacher and student. */
final class ModelKeys {
    private static final Type<List<String>> NAMES = new ListType<>(TextType.TEXT);

    private static final Type<List<String>> CLASSES =
            new ShortListType<>(new ListType<>(TextType.TEXT), TextType.PATH, ModelKeys::readClasses);

    private static final Section<InputSettings> INPUT = Section.of(
            InputSettings.class,
            "input",
            "How a model is given its images: resized, in its order of channels, then `(pixel · scale − mean) / std`, in its layout and type.",
            ModelKeys::declareInput);

    private ModelKeys() {}

    /** Declares them in a section; the result makes the settings of their values. */
    static <T> Function<Values, ModelSettings> declare(Keys<T> keys, Function<T, ModelSettings> get) {
        var tags = keys.maybe(
                "tags",
                NAMES,
                get.andThen(ModelSettings::tags),
                "All tags of the meta graph to read; without it the one of `serve`, or else the only one.");
        var signature = keys.maybe(
                "signature",
                TextType.TEXT,
                get.andThen(ModelSettings::signature),
                "The signature to use; without it `serving_default`, or else the only one of a classifier.");
        var input = keys.maybe(
                "input",
                INPUT,
                get.andThen(
                        settings -> Optional.of(settings.input()).filter(stated -> !stated.equals(InputSettings.NONE))),
                "How it is given its images.");
        var output = keys.maybe(
                "output",
                TextType.TEXT,
                get.andThen(ModelSettings::output),
                "The output of the signature, or the tensor of the graph, that holds the logits or the probabilities.");
        var classes = keys.maybe(
                "classes",
                CLASSES,
                get.andThen(settings -> nonEmpty(settings.classes())),
                "The names of its outputs, in order, or a file with one on each line. Its logits are put into the data set's order by name.");
        var momentum = keys.maybe(
                "batch-norm-momentum",
                NumberType.FLOAT.within(Range.fromTo(0, 1)),
                get.andThen(ModelSettings::batchNormMomentum),
                "Of the moving averages in training, in place of the model's own, or else 0.99.");
        var trusted = keys.maybe(
                "trust-ops",
                NAMES,
                get.andThen(settings -> nonEmpty(List.copyOf(settings.trustedOps()))),
                "Op kinds that this model may hold though they are not allowed; a SavedModel is a program.");
        return values -> new ModelSettings(
                values.get(tags),
                values.get(signature),
                values.get(input).orElse(InputSettings.NONE),
                values.get(output),
                values.get(classes).orElse(List.of()),
                values.get(momentum),
                Set.copyOf(values.get(trusted).orElse(List.of())));
    }

    private static Optional<List<String>> nonEmpty(List<String> names) {
        return Optional.of(names).filter(some -> !some.isEmpty());
    }

    private static Function<Values, InputSettings> declareInput(Keys<InputSettings> keys) {
        var name = keys.maybe(
                "name", TextType.TEXT, InputSettings::name, "The input of the signature that takes the images.");
        var scale = keys.maybe(
                "scale",
                NumberType.FLOAT.within(Range.above(0)),
                scaling(Normalization::scale),
                "On pixels of 0 to 255; without it 1/255, and `mean` and `std` go together.");
        var mean = keys.maybe(
                "mean",
                perChannel(NumberType.FLOAT),
                scaling(Normalization::mean),
                "For each channel in the model's order, or one for all, of scaled pixels; without it 0.");
        var std = keys.maybe(
                "std",
                perChannel(NumberType.FLOAT.within(Range.above(0))),
                scaling(Normalization::std),
                "For each channel, or one for all; without it 1. Without any of the three: the data set's scaling.");
        var size = keys.maybe(
                "size",
                new ListType<>(NumberType.WHOLE.within(Range.atLeast(1))),
                input -> input.size().map(found -> List.of(found.height(), found.width())),
                "`[height, width]` that images are resized to, as `tf.image.resize` does; without it they stay as they are.");
        var layout = keys.maybe(
                "layout",
                ChoiceType.ofNames("layout", Layout.class),
                InputSettings::layout,
                "The order of its axes; without it found by their sizes.");
        var channels = keys.maybe(
                "channels",
                ChoiceType.ofNames("channel order", ChannelOrder.class),
                InputSettings::channels,
                "The order of its channels; without it `RGB`.");
        var others = keys.maybe(
                "others",
                new MapType<>(".", NumberType.DOUBLE),
                input -> Optional.of(input.others()).filter(numbers -> !numbers.isEmpty()),
                "Inputs of the signature beside the images, and the number that each of their elements is given; a truth value is 0 or 1.");
        return values -> new InputSettings(
                values.get(name),
                Scaling.of(values.get(scale), values.get(mean), values.get(std)),
                values.get(size).map(ModelKeys::size),
                values.get(layout),
                values.get(channels),
                values.get(others).orElse(Map.of()));
    }

    private static <V> Function<InputSettings, Optional<V>> scaling(Function<Normalization, V> get) {
        return input -> input.scaling().map(get);
    }

    private static Type<List<Float>> perChannel(NumberType<Float> number) {
        return new ShortListType<>(new ListType<>(number), number, List::of);
    }

    private static ImageSize size(List<Integer> sides) {
        checkArgument(sides.size() == 2, "size has %s values; expected [height, width]", sides.size());
        return new ImageSize(sides.get(0), sides.get(1));
    }

    private static List<String> readClasses(Path file) {
        try {
            return ClassNames.read(file);
        } catch (UserException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
