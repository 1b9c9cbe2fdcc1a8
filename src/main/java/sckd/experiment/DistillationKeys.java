package sckd.experiment;

import com.google.common.collect.ImmutableMap;
import sckd.distillation.DistillationLoss;
import sckd.distillation.DistillationTerm;
import sckd.distillation.FitNetsLoss;
import sckd.distillation.L2Loss;
import sckd.distillation.OutputLoss;
import sckd.yaml.Kinds;
import sckd.yaml.NumberType;
import sckd.yaml.Range;
import sckd.yaml.Section;
import sckd.yaml.TextType;

/** The keys of {@code losses}. A new loss is one more entry of the table. */
final class DistillationKeys {
    static final Kinds<DistillationLoss> LOSSES = new Kinds<>(
            "loss",
            ImmutableMap.of(
                    "output",
                    Section.kind(
                            OutputLoss.class,
                            "Between the logits: `T² · KL(softmax(teacher / T) ‖ softmax(student / T))`, summed over classes, mean over the batch.",
                            keys -> {
                                var temperature = keys.optional(
                                        "temperature",
                                        NumberType.FLOAT.within(Range.above(0)),
                                        4f,
                                        OutputLoss::temperature,
                                        "T; 1 is the plain softmax.");
                                return values -> new OutputLoss(values.get(temperature));
                            }),
                    "fitnets",
                    Section.kind(
                            FitNetsLoss.class,
                            "Between two layers: mean squared error between the teacher's feature and the student's behind a regressor, which is trained beside it.",
                            keys -> values -> new FitNetsLoss()),
                    "l2",
                    Section.kind(
                            L2Loss.class,
                            "Between two layers whose features have one shape: mean squared error.",
                            keys -> values -> new L2Loss())));

    static final Section<DistillationTerm> LOSS = Section.of(
            DistillationTerm.class,
            "loss",
            "One way in which the student follows a teacher. Each has its own gate.",
            keys -> {
                var name = keys.required("name", Names.TYPE, DistillationTerm::name, "Unique; names the loss in logs.");
                var loss = keys.kind(LOSSES, DistillationTerm::loss);
                var teacher = keys.required("teacher", Names.TYPE, DistillationTerm::teacher, "Name of the teacher.");
                var teacherLayer = keys.maybe(
                        "teacher-layer",
                        TextType.TEXT,
                        DistillationTerm::teacherLayer,
                        "Layer of the teacher; for a loss between layers, and only there. `sckd inspect` lists them.");
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
                        values.get(teacher),
                        values.get(teacherLayer),
                        values.get(studentLayer),
                        values.get(weight));
            });

    private DistillationKeys() {}
}
