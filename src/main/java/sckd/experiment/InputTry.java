package sckd.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import sckd.data.Normalization;
import sckd.savedmodel.ChannelOrder;
import sckd.savedmodel.InputSettings;
import sckd.savedmodel.Layout;
import sckd.training.NamedModel;

/**
 * Another way to give a model its images.
 *
 * @param changes what of its settings is another, as it would be written in an experiment
 */
record InputTry(NamedModel model, List<String> changes) {
    static InputTry asItIs(NamedModel model) {
        return new InputTry(model, List.of());
    }

    /**
     * With what is given, and the rest as it is.
     *
     * @param ofDataSet the scaling of a model of which none is stated
     */
    static InputTry of(
            NamedModel model,
            Optional<Normalization> scaling,
            Optional<ChannelOrder> channels,
            Optional<Layout> layout,
            Normalization ofDataSet) {
        var changes = new ArrayList<String>();
        scaling.ifPresent(other -> changes.add(describe(model.input(), other)));
        channels.ifPresent(order -> changes.add("input.channels: " + order));
        layout.ifPresent(axes -> changes.add("input.layout: " + axes));
        var own = model.model().settings();
        var other = new InputSettings(Optional.empty(), scaling, Optional.empty(), layout, channels, Map.of());
        var changed = model.model().withSettings(own.withInput(other.or(own.input())));
        var input = changed.scalingOr(ofDataSet);
        return new InputTry(
                new NamedModel(model.name(), changed, input, model.classes(), model.heads()), List.copyOf(changes));
    }

    private static String describe(Normalization now, Normalization other) {
        var scale = other.scale() == now.scale() ? "" : "input.scale: %s, ".formatted(number(other.scale()));
        return "%sinput.mean: %s, input.std: %s".formatted(scale, numbers(other.mean()), numbers(other.std()));
    }

    private static String numbers(List<Float> values) {
        return values.size() == 1
                ? number(values.get(0))
                : values.stream().map(InputTry::number).collect(Collectors.joining(", ", "[", "]"));
    }

    private static String number(float value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }
}
