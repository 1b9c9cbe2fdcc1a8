package sckd.experiment;

import com.google.common.collect.ImmutableMap;
import java.util.Optional;
import java.util.function.Function;
import sckd.distillation.AttentionTransferLoss;
import sckd.distillation.CorrelationLoss;
import sckd.distillation.DecoupledLoss;
import sckd.distillation.DistillationLoss;
import sckd.distillation.DistillationTerm;
import sckd.distillation.FitNetsLoss;
import sckd.distillation.L2Loss;
import sckd.distillation.OutputLoss;
import sckd.distillation.RelationalLoss;
import sckd.distillation.SimilarityLoss;
import sckd.distillation.SoftCrossEntropyLoss;
import sckd.distillation.TaskOrientedFeatureLoss;
import sckd.distillation.Temperature;
import sckd.yaml.Keys;
import sckd.yaml.Kinds;
import sckd.yaml.NumberType;
import sckd.yaml.Part;
import sckd.yaml.Range;
import sckd.yaml.Section;
import sckd.yaml.ShortListType;
import sckd.yaml.ShortMappingType;
import sckd.yaml.TextType;
import sckd.yaml.Type;

/** The keys of {@code losses}. A new loss is one more entry of the table. */
final class DistillationKeys {
    private static final Range ABOVE_0 = Range.above(0);
    private static final Range AT_LEAST_0 = Range.atLeast(0);

    private static final Section<Temperature> RAMP = Section.of(
            Temperature.class,
            "temperature",
            "A temperature that changes in a straight line from epoch to epoch: in epoch e of E it is `from + (to − from) · e / E`, e from 1.",
            keys -> {
                var from = keys.required(
                        "from",
                        NumberType.FLOAT.within(ABOVE_0),
                        Temperature::from,
                        "Where it would be before the first epoch.");
                var to = keys.required(
                        "to", NumberType.FLOAT.within(ABOVE_0), Temperature::to, "Where it is in the last epoch.");
                return values -> new Temperature(values.get(from), values.get(to));
            });

    private static final Type<Temperature> TEMPERATURE = new ShortMappingType<>(
            RAMP, NumberType.FLOAT.within(ABOVE_0), Temperature::constant, temperature -> Optional.of(
                            temperature.from())
                    .filter(from -> temperature.isConstant()));

    private static final ImmutableMap<String, Section<? extends DistillationLoss>> BUILT_IN =
            ImmutableMap.<String, Section<? extends DistillationLoss>>builder()
                    .put("output", output())
                    .put("soft-cross-entropy", softCrossEntropy())
                    .put("dkd", decoupled())
                    .put("dist", correlation())
                    .put("fitnets", fitNets())
                    .put("l2", l2())
                    .put("attention", attention())
                    .put("similarity", similarity())
                    .put("relational", relational())
                    .put("tofd", taskOriented())
                    .build();

    static final Kinds<DistillationLoss> LOSSES =
            ExtendedKinds.of("loss", () -> BUILT_IN, LossKind.class, LossKind::name, LossKind::section);

    private static Section<OutputLoss> output() {
        return Section.kind(
                OutputLoss.class,
                "Between the logits: `T² · KL(softmax(teacher / T) ‖ softmax(student / T))`, summed over classes, mean over the batch.",
                keys -> {
                    var temperature = changingTemperature(keys, OutputLoss::temperature);
                    return values -> new OutputLoss(values.get(temperature));
                });
    }

    private static Section<SoftCrossEntropyLoss> softCrossEntropy() {
        return Section.kind(
                SoftCrossEntropyLoss.class,
                "Between the logits: cross-entropy with the teacher's probabilities at temperature T, without T².",
                keys -> {
                    var temperature = changingTemperature(keys, SoftCrossEntropyLoss::temperature);
                    return values -> new SoftCrossEntropyLoss(values.get(temperature));
                });
    }

    private static Section<DecoupledLoss> decoupled() {
        return Section.kind(
                DecoupledLoss.class,
                "Between the logits: decoupled KD, the label's probability and the distribution over the others apart.",
                keys -> {
                    var target = weight(keys, "target", 1, DecoupledLoss::target, "α");
                    var others = weight(keys, "others", 8, DecoupledLoss::others, "β");
                    var temperature = temperature(keys, DecoupledLoss::temperature);
                    return values -> new DecoupledLoss(values.get(target), values.get(others), values.get(temperature));
                });
    }

    private static Section<CorrelationLoss> correlation() {
        return Section.kind(
                CorrelationLoss.class,
                "Between the logits: DIST, correlation of probabilities over classes and over samples.",
                keys -> {
                    var samples = weight(keys, "samples", 1, CorrelationLoss::samples, "β");
                    var classes = weight(keys, "classes", 1, CorrelationLoss::classes, "γ");
                    var temperature = temperature(keys, CorrelationLoss::temperature);
                    return values ->
                            new CorrelationLoss(values.get(samples), values.get(classes), values.get(temperature));
                });
    }

    private static Section<FitNetsLoss> fitNets() {
        return Section.kind(
                FitNetsLoss.class,
                "Between two layers: mean squared error between the teacher's feature and the student's behind a regressor, which is trained beside it.",
                keys -> values -> new FitNetsLoss());
    }

    private static Section<L2Loss> l2() {
        return Section.kind(
                L2Loss.class,
                "Between two layers whose features have one shape: mean squared error.",
                keys -> values -> new L2Loss());
    }

    private static Section<AttentionTransferLoss> attention() {
        return Section.kind(
                AttentionTransferLoss.class,
                "Between two layers: attention transfer (AT), mean squared error of the maps' normalised energy over positions.",
                keys -> values -> new AttentionTransferLoss());
    }

    private static Section<SimilarityLoss> similarity() {
        return Section.kind(
                SimilarityLoss.class,
                "Between two layers: similarity-preserving (SP), how alike the samples of a batch are to each other.",
                keys -> values -> new SimilarityLoss());
    }

    private static Section<RelationalLoss> relational() {
        return Section.kind(
                RelationalLoss.class,
                "Between two layers: relational (RKD), distances and angles between the samples of a batch.",
                keys -> {
                    var distance = weight(keys, "distance", 25, RelationalLoss::distance, "w_D");
                    var angle = weight(keys, "angle", 50, RelationalLoss::angle, "w_A");
                    return values -> new RelationalLoss(values.get(distance), values.get(angle));
                });
    }

    private static Section<TaskOrientedFeatureLoss> taskOriented() {
        return Section.kind(
                TaskOrientedFeatureLoss.class,
                "Between two layers of vectors: TOFD, distance behind an orthogonal matrix that is trained beside it.",
                keys -> {
                    var distance = weight(keys, "distance", .05f, TaskOrientedFeatureLoss::distance, "Of the distance");
                    var orthogonality = weight(
                            keys,
                            "orthogonality",
                            .03f,
                            TaskOrientedFeatureLoss::orthogonality,
                            "Of what the matrix lacks to be orthogonal");
                    return values -> new TaskOrientedFeatureLoss(values.get(distance), values.get(orthogonality));
                });
    }

    private static <L> Part<L, Float> temperature(Keys<L> keys, Function<L, Float> get) {
        return keys.optional("temperature", NumberType.FLOAT.within(ABOVE_0), 4f, get, "T; 1 is the plain softmax.");
    }

    private static <L> Part<L, Temperature> changingTemperature(Keys<L> keys, Function<L, Temperature> get) {
        return keys.optional("temperature", TEMPERATURE, Temperature.constant(4), get, "T; 1 is the plain softmax.");
    }

    private static <L> Part<L, Float> weight(
            Keys<L> keys, String name, float absent, Function<L, Float> get, String meaning) {
        return keys.optional(name, NumberType.FLOAT.within(AT_LEAST_0), absent, get, meaning + ".");
    }

    static final Section<DistillationTerm> LOSS = Section.of(
            DistillationTerm.class,
            "loss",
            "One way in which the student follows a teacher. Each has its own gate.",
            keys -> {
                var name = keys.required("name", Names.TYPE, DistillationTerm::name, "Unique; names the loss in logs.");
                var loss = keys.kind(LOSSES, DistillationTerm::loss);
                var teachers = keys.required(
                        "teacher",
                        ShortListType.orOne(Names.TYPE),
                        DistillationTerm::teachers,
                        "Name of the teacher; `self`: the student, without its gradient. Several, for a loss between logits: their ensemble, the average of their probabilities.");
                var teacherLayer = keys.maybe(
                        "teacher-layer",
                        TextType.TEXT,
                        DistillationTerm::teacherLayer,
                        "Layer of the teacher, its own or one of its heads'. `sckd inspect` lists its own. For a loss between logits: a layer that holds logits; without it the model's own.");
                var studentLayer = keys.maybe(
                        "student-layer", TextType.TEXT, DistillationTerm::studentLayer, "The same of the student.");
                var weight = keys.optional(
                        "weight",
                        NumberType.FLOAT.within(Range.atLeast(0)),
                        1f,
                        DistillationTerm::weight,
                        "α, on the gradient of the loss.");
                return values -> new DistillationTerm(
                        values.get(name),
                        values.get(loss),
                        values.get(teachers),
                        values.get(teacherLayer),
                        values.get(studentLayer),
                        values.get(weight));
            });

    private DistillationKeys() {}
}
