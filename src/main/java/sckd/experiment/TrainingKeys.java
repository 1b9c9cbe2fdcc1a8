package sckd.experiment;

import com.google.common.collect.ImmutableMap;
import java.util.OptionalDouble;
import java.util.function.Function;
import sckd.training.Adam;
import sckd.training.Optimizer;
import sckd.training.Schedule;
import sckd.training.Sgd;
import sckd.training.TrainingPlan;
import sckd.training.WeightDecay;
import sckd.yaml.FlagType;
import sckd.yaml.Keys;
import sckd.yaml.Kinds;
import sckd.yaml.ListType;
import sckd.yaml.NumberType;
import sckd.yaml.Part;
import sckd.yaml.Range;
import sckd.yaml.Section;

/** The keys of {@code training}, the optimizers and the schedules. */
final class TrainingKeys {
    private static final Range ABOVE_0 = Range.above(0);
    private static final Range AT_LEAST_0 = Range.atLeast(0);
    private static final Range BELOW_1 = Range.fromToBelow(0, 1);

    private static final Section<Sgd> SGD = Section.kind(Sgd.class, "Stochastic gradient descent.", keys -> {
        var learningRate = learningRate(keys);
        var momentum =
                keys.optional("momentum", NumberType.FLOAT.within(BELOW_1), 0f, Sgd::momentum, "Of the velocity.");
        var nesterov = keys.optional(
                "nesterov", new FlagType(), false, Sgd::nesterov, "Nesterov's momentum; needs a momentum above 0.");
        var weightDecay = weightDecay(keys, 0, sgd -> sgd.weightDecay().rate());
        var decoupled = keys.optional(
                "decoupled-weight-decay",
                new FlagType(),
                false,
                sgd -> sgd.weightDecay().decoupled(),
                "False: the decay is part of the gradient. True: it is taken off the weights beside the update.");
        return values -> new Sgd(
                values.get(learningRate),
                values.get(momentum),
                values.get(nesterov),
                new WeightDecay(values.get(weightDecay), values.get(decoupled)));
    });

    private static final Section<Adam> ADAM = adam("Adam; its weight decay is part of the gradient.", 0, false);
    private static final Section<Adam> ADAMW =
            adam("AdamW: Adam whose weight decay is taken off the weights beside the update.", 0.01f, true);

    static final Kinds<Optimizer> OPTIMIZERS =
            new Kinds<>("optimizer", ImmutableMap.of("sgd", SGD, "adam", ADAM, "adamw", ADAMW));

    static final Kinds<Schedule> SCHEDULES = new Kinds<>(
            "schedule",
            ImmutableMap.of(
                    "constant",
                    Section.kind(
                            Schedule.Constant.class,
                            "The same rate throughout.",
                            keys -> values -> new Schedule.Constant()),
                    "step",
                    Section.kind(Schedule.Step.class, "The rate falls at given epochs.", keys -> {
                        var at = keys.required(
                                "at",
                                new ListType<>(NumberType.WHOLE.within(ABOVE_0)),
                                Schedule.Step::at,
                                "After how many epochs, rising.");
                        var factor = keys.optional(
                                "factor",
                                NumberType.DOUBLE.within(ABOVE_0),
                                0.1,
                                Schedule.Step::factor,
                                "What the rate is multiplied by each time.");
                        return values -> new Schedule.Step(values.get(at), values.get(factor));
                    }),
                    "cosine",
                    Section.kind(
                            Schedule.Cosine.class,
                            "Half a cosine from the full rate to 0 at the end.",
                            keys -> values -> new Schedule.Cosine())));

    private static final Section<Optimizer> OPTIMIZER =
            Section.of(Optimizer.class, "optimizer", "How a gradient changes the weights.", keys -> {
                var kind = keys.kind(OPTIMIZERS, Function.<Optimizer>identity());
                return values -> values.get(kind);
            });

    private static final Section<Schedule> SCHEDULE =
            Section.of(Schedule.class, "schedule", "How the learning rate changes over a training.", keys -> {
                var kind = keys.kind(SCHEDULES, TrainingKeys::withoutWarmUp);
                var warmUp = keys.optional(
                        "warmup-epochs",
                        NumberType.DOUBLE.within(AT_LEAST_0),
                        0.0,
                        TrainingKeys::warmUpEpochs,
                        "The rate rises in a straight line for so many epochs, fractions allowed: the first of n steps has 1/n of it, the last all.");
                return values -> values.get(warmUp) == 0
                        ? values.get(kind)
                        : new Schedule.WarmUp(values.get(warmUp), values.get(kind));
            });

    static final Section<TrainingPlan> TRAINING =
            Section.of(TrainingPlan.class, "training", "How long and how a model is trained.", keys -> {
                var epochs = keys.required(
                        "epochs",
                        NumberType.WHOLE.within(Range.atLeast(1)),
                        TrainingPlan::epochs,
                        "Passes over the training images.");
                var batchSize = keys.required(
                        "batch-size",
                        NumberType.WHOLE.within(Range.atLeast(1)),
                        TrainingPlan::batchSize,
                        "Images in a step.");
                var optimizer =
                        keys.required("optimizer", OPTIMIZER, TrainingPlan::optimizer, "Which, and its learning rate.");
                var schedule = keys.optional(
                        "schedule", SCHEDULE, new Schedule.Constant(), TrainingPlan::schedule, "Of the learning rate.");
                var clipNorm = keys.maybe(
                        "clip-norm",
                        NumberType.DOUBLE.within(ABOVE_0),
                        plan -> plan.clipNorm().stream().boxed().findFirst(),
                        "A combined gradient with a larger global norm is scaled down to this one.");
                var keepCheckpoints = keys.optional(
                        "keep-checkpoints",
                        NumberType.WHOLE.within(Range.atLeast(1)),
                        2,
                        TrainingPlan::keepCheckpoints,
                        "How many of the newest checkpoints stay.");
                return values -> new TrainingPlan(
                        values.get(epochs),
                        values.get(batchSize),
                        values.get(optimizer),
                        values.get(schedule),
                        values.get(clipNorm).map(OptionalDouble::of).orElseGet(OptionalDouble::empty),
                        values.get(keepCheckpoints));
            });

    private TrainingKeys() {}

    private static Section<Adam> adam(String meaning, float weightDecayDefault, boolean decoupled) {
        Section<Adam> section = Section.kind(Adam.class, meaning, keys -> {
            var learningRate = learningRate(keys);
            var beta1 = keys.optional(
                    "beta1",
                    NumberType.FLOAT.within(BELOW_1),
                    0.9f,
                    Adam::beta1,
                    "Decay of the mean of the gradients.");
            var beta2 = keys.optional(
                    "beta2",
                    NumberType.FLOAT.within(BELOW_1),
                    0.999f,
                    Adam::beta2,
                    "Decay of the mean of their squares.");
            var epsilon = keys.optional(
                    "epsilon", NumberType.FLOAT.within(ABOVE_0), 1e-7f, Adam::epsilon, "Keeps the division finite.");
            var weightDecay = weightDecay(
                    keys, weightDecayDefault, adam -> adam.weightDecay().rate());
            return values -> new Adam(
                    values.get(learningRate),
                    values.get(beta1),
                    values.get(beta2),
                    values.get(epsilon),
                    new WeightDecay(values.get(weightDecay), decoupled));
        });
        return section.only(adam -> adam.weightDecay().decoupled() == decoupled);
    }

    private static <T extends Optimizer> Part<T, Float> learningRate(Keys<T> keys) {
        return keys.required(
                "learning-rate", NumberType.FLOAT.within(ABOVE_0), Optimizer::learningRate, "Before the schedule.");
    }

    private static <T> Part<T, Float> weightDecay(Keys<T> keys, float absent, Function<T, Float> get) {
        return keys.optional(
                "weight-decay", NumberType.FLOAT.within(AT_LEAST_0), absent, get, "Of every trained variable.");
    }

    private static Schedule withoutWarmUp(Schedule schedule) {
        return schedule instanceof Schedule.WarmUp warmUp ? warmUp.then() : schedule;
    }

    private static double warmUpEpochs(Schedule schedule) {
        return schedule instanceof Schedule.WarmUp warmUp ? warmUp.warmupEpochs() : 0;
    }
}
