package sckd.cli;

import com.google.common.collect.Streams;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import sckd.data.Normalization;
import sckd.savedmodel.ChannelOrder;
import sckd.savedmodel.ImportedModel;

/**
 * What {@code sckd import} tells of a model; the JSON's keys are these names.
 *
 * @param channels their order; null where none was stated
 * @param scale on pixels of 0 to 255; null where the input scaling is unknown
 * @param mean empty where the input scaling is unknown, like {@code std}
 * @param classNames empty where unknown
 * @param accuracy top-1 by data set, 0 to 1, as it was told
 * @param withoutGradient ops that stop the model from being a student; empty for one that can be trained
 * @param next commands to go on with
 */
record ImportReport(
        String model,
        String origin,
        String sha256,
        String input,
        String inputShape,
        String channels,
        Float scale,
        List<Float> mean,
        List<Float> std,
        long parameters,
        long trainableParameters,
        String logits,
        int classes,
        List<String> classNames,
        Map<String, Double> accuracy,
        List<String> withoutGradient,
        List<String> notes,
        List<String> next) {
    private static final int NAMES_SHOWN = 10;
    /** By the number of their classes. */
    private static final Map<Integer, String> CIFAR = Map.of(10, "cifar10", 100, "cifar100");

    static ImportReport of(ImportedModel imported) {
        var model = imported.model();
        var card = model.card();
        var scaling = model.settings().input().scaling();
        var directory = model.directory().toString();
        var inputShape = model.input().shape().toString().replace("-1", "?");
        return new ImportReport(
                directory,
                card.origin(),
                card.sha256(),
                model.input().node(),
                inputShape,
                model.settings().input().channels().map(ChannelOrder::name).orElse(null),
                scaling.map(Normalization::scale).orElse(null),
                scaling.map(Normalization::mean).orElse(List.of()),
                scaling.map(Normalization::std).orElse(List.of()),
                imported.inspection().parameters().orElseThrow(),
                imported.inspection().trainableParameters().orElseThrow(),
                model.logits().toString(),
                imported.classes(),
                model.settings().classes(),
                card.accuracy(),
                imported.inspection().withoutGradient(),
                Streams.concat(imported.notes().stream(), model.notes().stream())
                        .toList(),
                List.of(
                        "sckd inspect " + directory,
                        "sckd evaluate %s %s".formatted(directory, data(inputShape, imported.classes()))));
    }

    /** The data set that a model looks like it was made for. */
    private static String data(String inputShape, int classes) {
        var name = CIFAR.get(classes);
        return name != null && inputShape.endsWith(" 32, 32, 3]")
                ? "--data %s --path datasets".formatted(name)
                : "--data NAME --path DIR";
    }

    String text() {
        var lines = new ArrayList<String>();
        lines.add("imported " + model);
        lines.add("  origin      " + origin);
        lines.add("  SHA-256     " + sha256);
        lines.add("  input       %s %s%s".formatted(input, inputShape, channels == null ? "" : ", " + channels));
        lines.add("  scaling     " + scaling());
        lines.add(String.format(
                Locale.ROOT, "  parameters  %,d, of which %,d are trainable", parameters, trainableParameters));
        lines.add("  logits      " + logits);
        lines.add("  classes     %d%s".formatted(classes, names()));
        accuracy.forEach((data, top1) ->
                lines.add(String.format(Locale.ROOT, "  accuracy    %.2f %% on %s, as told", 100 * top1, data)));
        lines.add("  student     " + asStudent());
        withoutGradient.forEach(op -> lines.add("              " + op));
        notes.forEach(note -> lines.addAll(new HangingText("  note", 14).lines(note)));
        lines.add("next:");
        next.forEach(command -> lines.add("  " + command));
        return String.join("\n", lines);
    }

    private String asStudent() {
        if (trainableParameters == 0) {
            return "cannot be trained: it has no trainable variables";
        }
        return withoutGradient.isEmpty() ? "can be trained" : "cannot be trained: no gradient goes through";
    }

    private String scaling() {
        return mean.isEmpty()
                ? "unknown (--scale, --mean and --std state it)"
                : "%smean %s, std %s"
                        .formatted(
                                scale == Normalization.FULL_RANGE ? "" : "scale " + scale + ", ",
                                joined(mean),
                                joined(std));
    }

    private static String joined(List<Float> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private String names() {
        if (classNames.isEmpty()) {
            return ", their names unknown";
        }
        var more = classNames.size() > NAMES_SHOWN ? ", ..." : "";
        return ": " + classNames.stream().limit(NAMES_SHOWN).collect(Collectors.joining(", ")) + more;
    }
}
