package sckd.experiment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import sckd.data.DataSet;
import sckd.data.LabelledImages;
import sckd.data.Normalization;
import sckd.savedmodel.ChannelOrder;
import sckd.savedmodel.Layout;
import sckd.training.ClassPermutation;
import sckd.training.Evaluation;
import sckd.training.NamedModel;
import sckd.training.Predictions;

/** Finds out, by trying, why a model is wrong about images that it should know: their scaling, the order of their channels or axes, or that of the classes. */
final class TeacherDiagnosis {
    /** Enough to tell a model that is right from one that is not, few enough for a large one on a CPU. */
    private static final int IMAGES = 300;

    private static final long SEED = 1;

    /** Accuracies that differ by less are alike: the smaller change is the likelier. */
    private static final double ALIKE = .01;

    /** What models are customarily trained with, beside the data set's own: pixels 0 to 1, −1 to 1, 0 to 255, and ImageNet's two. */
    private static final List<Normalization> SCALINGS = List.of(
            new Normalization(List.of(0f), List.of(1f)),
            new Normalization(List.of(.5f), List.of(.5f)),
            Normalization.OF_PIXELS,
            new Normalization(List.of(.485f, .456f, .406f), List.of(.229f, .224f, .225f)),
            new Normalization(1, List.of(123.68f, 116.779f, 103.939f), List.of(1f)));

    private static final int COLOURS = 3;
    private static final int CLASSES_NAMED = 20;

    private final NamedModel model;
    private final DataSet dataSet;
    private final LabelledImages images;
    private final Predictions present;

    /**
     * @param present what the model says of the images as it is
     */
    TeacherDiagnosis(NamedModel model, DataSet dataSet, LabelledImages images, Predictions present) {
        this.model = model;
        this.dataSet = dataSet;
        this.images = images.sample(IMAGES, SEED);
        this.present = present;
    }

    /**
     * What a model lacks.
     *
     * @param changes as they would be written in an experiment
     * @param share of images that are right so, 0 to 1
     */
    record Cause(String changes, double share) {}

    /** A change and what it brings. */
    private record Cure(InputTry input, Optional<ClassPermutation> order, double share) {
        int changes() {
            return input.changes().size() + order.map(some -> 1).orElse(0);
        }
    }

    /** Empty if nothing that was tried does better. */
    Optional<Cause> findCause() {
        var asItIs = InputTry.asItIs(model);
        var cures = new ArrayList<>(findOrder(asItIs, present).stream().toList());
        for (var input : tries()) {
            predict(input).ifPresent(found -> {
                if (found.beatsChance() && found.beats(present.share())) {
                    cures.add(new Cure(input, Optional.empty(), found.share()));
                }
                findOrder(input, found).ifPresent(cures::add);
            });
        }
        double best = cures.stream().mapToDouble(Cure::share).max().orElse(0);
        return cures.stream()
                .filter(cure -> cure.share() >= best - ALIKE)
                .min(Comparator.comparingInt(Cure::changes).thenComparing(Cure::share, Comparator.reverseOrder()))
                .map(this::describe);
    }

    private Optional<Cure> findOrder(InputTry input, Predictions found) {
        return Optional.of(ClassPermutation.find(found))
                .filter(order -> order.isBetterThan(found) && order.isBetterThan(present))
                .map(order -> new Cure(input, Optional.of(order), order.share()));
    }

    /** Empty where the model does not take its images so; whatever stops it, it is not the cause that is looked for. */
    private Optional<Predictions> predict(InputTry input) {
        try {
            return Optional.of(
                    Evaluation.predict(input.model(), images, dataSet.classes().size()));
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    private List<InputTry> tries() {
        var tries = new ArrayList<InputTry>();
        for (var layout : layouts()) {
            for (var channels : channelOrders()) {
                boolean isReversed = channels.or(
                                () -> model.model().settings().input().channels())
                        .filter(ChannelOrder.BGR::equals)
                        .isPresent();
                for (var scaling : scalings(isReversed)) {
                    tries.add(InputTry.of(model, scaling, channels, layout, dataSet.normalization()));
                }
            }
        }
        return tries.stream().filter(input -> !input.changes().isEmpty()).toList();
    }

    /** As it is, and the other where the model can take both: flat images, or a map whose sides are as many as its channels. */
    private List<Optional<Layout>> layouts() {
        var layouts = new ArrayList<Optional<Layout>>(List.of(Optional.empty()));
        var now = predict(InputTry.asItIs(model));
        for (var layout : Layout.values()) {
            predict(InputTry.of(
                            model, Optional.empty(), Optional.empty(), Optional.of(layout), dataSet.normalization()))
                    .filter(found -> now.isPresent()
                            && !Arrays.equals(found.predicted(), now.get().predicted()))
                    .ifPresent(found -> layouts.add(Optional.of(layout)));
        }
        return layouts;
    }

    private List<Optional<ChannelOrder>> channelOrders() {
        if (images.channels() != COLOURS) {
            return List.of(Optional.empty());
        }
        boolean isReversed = model.model()
                .settings()
                .input()
                .channels()
                .filter(ChannelOrder.BGR::equals)
                .isPresent();
        return List.of(Optional.empty(), Optional.of(isReversed ? ChannelOrder.RGB : ChannelOrder.BGR));
    }

    /** As it is, then the others, by channel in the model's order; as it is alone where the model takes pixels. */
    private List<Optional<Normalization>> scalings(boolean isReversed) {
        var scalings = new ArrayList<Optional<Normalization>>(List.of(Optional.empty()));
        if (!model.model().input().takesPixels()) {
            var others = new ArrayList<>(SCALINGS);
            others.add(0, dataSet.normalization());
            others.stream()
                    .filter(scaling -> scaling.channels() == 1 || scaling.channels() == images.channels())
                    .map(scaling -> isReversed ? scaling.reversed() : scaling)
                    .filter(scaling -> !scaling.equals(model.input()))
                    .forEach(scaling -> scalings.add(Optional.of(scaling)));
        }
        return scalings;
    }

    private Cause describe(Cure cure) {
        var changes = new ArrayList<>(cure.input().changes());
        cure.order().ifPresent(order -> changes.add(describe(order)));
        return new Cause(String.join(", ", changes), cure.share());
    }

    /** As the key {@code classes}, which has the names in the model's own order. */
    private String describe(ClassPermutation order) {
        var names = namesInOrder(order);
        var shown = names.stream().limit(CLASSES_NAMED).collect(Collectors.joining(", "));
        return "classes: [%s%s]".formatted(shown, names.size() > CLASSES_NAMED ? ", …" : "");
    }

    private List<String> namesInOrder(ClassPermutation order) {
        var positions = model.classes().positions();
        var labels = dataSet.classes();
        var names = new ArrayList<>(
                positions.isEmpty() ? labels : model.model().settings().classes());
        IntStream.range(0, labels.size()).forEach(label -> {
            int output = order.outputs().get(label);
            names.set(positions.isEmpty() ? output : positions.get(output), labels.get(label));
        });
        return names;
    }
}
