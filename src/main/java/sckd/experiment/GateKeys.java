package sckd.experiment;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import sckd.distillation.AdaptersAlwaysLearn;
import sckd.distillation.AggregateGate;
import sckd.distillation.CosineGate;
import sckd.distillation.EmaGate;
import sckd.distillation.Gate;
import sckd.distillation.InverseGate;
import sckd.distillation.OpenGate;
import sckd.distillation.OpenRates;
import sckd.distillation.PerVariableGate;
import sckd.distillation.ProductGate;
import sckd.distillation.ProjectGate;
import sckd.distillation.RandomGate;
import sckd.distillation.RateGate;
import sckd.distillation.RecordedRates;
import sckd.distillation.ScaledGate;
import sckd.distillation.ScheduleGate;
import sckd.distillation.WeightedGate;
import sckd.yaml.ChoiceType;
import sckd.yaml.FlagType;
import sckd.yaml.Keys;
import sckd.yaml.Kinds;
import sckd.yaml.ListType;
import sckd.yaml.NumberType;
import sckd.yaml.Part;
import sckd.yaml.Range;
import sckd.yaml.Section;
import sckd.yaml.TextType;

/** The keys of {@code gate}. A new gate is one more entry of the table. */
final class GateKeys {
    private static final String GATED = "gated";
    private static final String ALWAYS = "always";

    private static final Section<OpenGate> NONE =
            Section.kind(OpenGate.class, "Every loss takes part in every step.", keys -> {
                var measure = keys.optional(
                        "measure",
                        new FlagType(),
                        false,
                        OpenGate::measure,
                        "Take each loss's gradient on its own all the same, so that the log has cosines; slower.");
                return values -> new OpenGate(values.get(measure));
            });

    private static final Section<EmaGate> EMA = Section.kind(
            EmaGate.class, "As `cosine`, of a moving average of the cosine: `ρ ← (1 − β)·ρ + β·cos`, from 0.", keys -> {
                var rate =
                        keys.optional("rate", NumberType.FLOAT.within(Range.aboveTo(0, 1)), .1f, EmaGate::rate, "β.");
                var threshold = threshold(keys, EmaGate::threshold);
                return values -> new EmaGate(values.get(rate), values.get(threshold));
            });

    private static final Section<ScheduleGate> SCHEDULE = Section.kind(
            ScheduleGate.class,
            "The same γ for every loss, by epoch: from one value to another. `{shape: step, epochs: E}` stops distillation after epoch E (ESKD).",
            keys -> {
                var shape = keys.optional(
                        "shape",
                        ChoiceType.inLowerCase("shape", ScheduleGate.Shape.class),
                        ScheduleGate.Shape.STEP,
                        ScheduleGate::shape,
                        "`step`: the first value until the epochs are over; `linear`; `cosine`: half a cosine. `constant`: the first value throughout, without `epochs` and `to`.");
                var epochs = keys.maybe(
                        "epochs",
                        NumberType.FLOAT.within(Range.above(0)),
                        ScheduleGate::epochs,
                        "Over how many epochs it goes; then it stays. To be given, except for `constant`.");
                var from = keys.optional(
                        "from", NumberType.FLOAT.within(Range.atLeast(0)), 1f, ScheduleGate::from, "γ at the start.");
                var to = keys.maybe(
                        "to",
                        NumberType.FLOAT.within(Range.atLeast(0)),
                        ScheduleGate::to,
                        "γ at the end; 0 without it.");
                return values ->
                        new ScheduleGate(values.get(shape), values.get(epochs), values.get(from), values.get(to));
            });

    private static final Kinds<Gate> GATES =
            ExtendedKinds.of("gate", () -> GateKeys.BUILT_IN, GateKind.class, GateKind::name, GateKind::section);

    static final Section<Gate> GATE = Section.of(
            Gate.class,
            "gate",
            "Which losses take part in a step; decided anew in each, for each loss alone.",
            keys -> {
                var kind = keys.kind(GATES, GateKeys::withoutAdapters);
                var adapters = keys.optional(
                        "adapters",
                        ChoiceType.ofNames("way for adapters", List.of(GATED, ALWAYS)),
                        GATED,
                        gate -> gate instanceof AdaptersAlwaysLearn ? ALWAYS : GATED,
                        "Whether a loss's own variables, such as a hint's regressor, learn with its gate or in every step.");
                return values -> values.get(adapters).equals(ALWAYS)
                        ? new AdaptersAlwaysLearn(values.get(kind))
                        : values.get(kind);
            });

    private static final Section<ProductGate> PRODUCT = Section.kind(
            ProductGate.class,
            "γ is the product of those of other gates: `{kind: product, of: [cosine, {kind: schedule, epochs: E}]}` is `cosine` until epoch E. The log has the product.",
            keys -> {
                var of = keys.required(
                        "of",
                        new ListType<>(GATE),
                        ProductGate::of,
                        "Two or more: not `project`, whose γ does not tell what it does, and `random` and `scaled` with `rate` only.");
                return values -> new ProductGate(values.get(of));
            });

    private static final ImmutableMap<String, Section<? extends Gate>> BUILT_IN =
            ImmutableMap.<String, Section<? extends Gate>>builder()
                    .put(
                            "cosine",
                            thresholdGate(
                                    CosineGate.class,
                                    "SCKD: a loss takes part in a step while the cosine of its gradient and the supervised gradient is above the threshold.",
                                    CosineGate::new,
                                    CosineGate::threshold))
                    .put("none", NONE)
                    .put(
                            "weighted",
                            Section.kind(
                                    WeightedGate.class,
                                    "γ is the cosine itself, 0 where it is negative.",
                                    keys -> values -> new WeightedGate()))
                    .put(
                            "aggregate",
                            thresholdGate(
                                    AggregateGate.class,
                                    "One γ for all losses, by the cosine of the sum of their weighted gradients.",
                                    AggregateGate::new,
                                    AggregateGate::threshold))
                    .put(
                            "per-variable",
                            thresholdGate(
                                    PerVariableGate.class,
                                    "As `cosine`, for each variable of the student alone. The log has, and adapters and heads learn with, the mean over the variables that the loss reaches.",
                                    PerVariableGate::new,
                                    PerVariableGate::threshold))
                    .put("ema", EMA)
                    .put(
                            "project",
                            Section.kind(
                                    ProjectGate.class,
                                    "Takes part in every step, without what of its gradient points against the supervised one (one-sided PCGrad). The log has 1 where the gradient was left as it is, 0 where it lost a part.",
                                    keys -> values -> new ProjectGate()))
                    .put("schedule", SCHEDULE)
                    .put("product", PRODUCT)
                    .put(
                            "random",
                            rateGate(
                                    RandomGate.class,
                                    "Control: open at random, at a rate that is given or was recorded.",
                                    RandomGate::new))
                    .put(
                            "inverse",
                            thresholdGate(
                                    InverseGate.class,
                                    "Control: open where `cosine` is closed.",
                                    InverseGate::new,
                                    InverseGate::threshold))
                    .put(
                            "scaled",
                            rateGate(
                                    ScaledGate.class,
                                    "Control: takes part in every step with its weight times the rate.",
                                    ScaledGate::new))
                    .build();

    private GateKeys() {}

    private static Gate withoutAdapters(Gate gate) {
        return gate instanceof AdaptersAlwaysLearn always ? always.gate() : gate;
    }

    private static <G extends Gate> Section<G> thresholdGate(
            Class<G> type, String meaning, Function<Float, G> make, Function<G, Float> get) {
        return Section.kind(type, meaning, keys -> {
            var threshold = threshold(keys, get);
            return values -> make.apply(values.get(threshold));
        });
    }

    private static <G> Part<G, Float> threshold(Keys<G> keys, Function<G, Float> get) {
        return keys.optional("threshold", NumberType.FLOAT.within(Range.fromTo(-1, 1)), 0f, get, "φ.");
    }

    /** {@code rate}, {@code run} or {@code method}: one of the three. */
    private static <G extends RateGate> Section<G> rateGate(
            Class<G> type, String meaning, Function<OpenRates, G> make) {
        return Section.kind(type, meaning, keys -> {
            var rate = keys.maybe(
                    "rate",
                    NumberType.FLOAT.within(Range.fromTo(0, 1)),
                    rates(OpenRates.Fixed.class, OpenRates.Fixed::rate),
                    "The same for every loss, throughout.");
            var run = keys.maybe(
                    "run",
                    TextType.PATH,
                    rates(RecordedRates.class, RecordedRates::run),
                    "Or as in the run in this directory, by epoch and loss.");
            var method = keys.maybe(
                    "method",
                    Names.TYPE,
                    rates(OpenRates.OfMethod.class, OpenRates.OfMethod::method),
                    "Or as in this method of the experiment, which stands before it.");
            return values -> make.apply(one(List.of(
                    values.get(rate).map(OpenRates.Fixed::new),
                    values.get(run).map(RecordedRates::new),
                    values.get(method).map(OpenRates.OfMethod::new))));
        });
    }

    private static <G extends RateGate, R extends OpenRates, V> Function<G, Optional<V>> rates(
            Class<R> type, Function<R, V> get) {
        return gate -> Optional.of(gate.rates())
                .filter(type::isInstance)
                .map(type::cast)
                .map(get);
    }

    private static OpenRates one(List<Optional<? extends OpenRates>> given) {
        var rates = given.stream().<OpenRates>flatMap(Optional::stream).toList();
        if (rates.size() != 1) {
            throw new IllegalArgumentException("rate, run and method: %s are given; expected one of the three"
                    .formatted(rates.isEmpty() ? "none" : rates.size()));
        }
        return rates.get(0);
    }
}
