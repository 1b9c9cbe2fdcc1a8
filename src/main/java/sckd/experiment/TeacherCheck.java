package sckd.experiment;

import com.google.common.collect.ImmutableMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import sckd.UserException;
import sckd.data.LabelledImages;
import sckd.training.Evaluation;
import sckd.training.NamedModel;
import sckd.training.Predictions;

/**
 * Stops a run whose teacher has nothing to teach, most likely because its images are scaled otherwise than those that it was trained on: it does no
 * better than chance on validation images, or, where none are held out, on training images, at most 2,000 of them; or far worse on the test images
 * than when it was imported.
 */
final class TeacherCheck {
    private static final int MOST_IMAGES = 2000;

    /** With fewer nothing can be told. */
    private static final int FEWEST_IMAGES = 100;

    private final Experiment experiment;
    private final Images images;
    private final RunListener listener;

    TeacherCheck(Experiment experiment, Images images, RunListener listener) {
        this.experiment = experiment;
        this.images = images;
        this.listener = listener;
    }

    /**
     * Checks those that are taken as they are, before anything is trained.
     *
     * @param given they, by name
     * @return top-1 on the test images of those that had to be measured there, by name
     * @throws UserException if one is to be stopped at
     */
    static Map<String, Double> runOnGiven(
            Experiment experiment, Images images, Map<String, NamedModel> given, RunListener listener) {
        var check = new TeacherCheck(experiment, images, listener);
        var measured = ImmutableMap.<String, Double>builder();
        for (var teacher : experiment.teachers()) {
            if (teacher.training().isEmpty() && teacher.check()) {
                check.runOnGiven(given.get(teacher.name())).ifPresent(top1 -> measured.put(teacher.name(), top1));
            }
        }
        return measured.buildOrThrow();
    }

    private Optional<Double> runOnGiven(NamedModel model) {
        var sample = sample();
        var found = predict(model, sample);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        if (!found.get().beatsChance()) {
            throw stop(
                    model,
                    noBetterThanChance(found.get()),
                    findCause(model, sample, found.get()).map(cause -> "with %s it is %s: set that"
                            .formatted(cause.changes(), percent(cause.share()))));
        }
        var accuracy = model.model().card().accuracy().get(experiment.data().dataset());
        if (accuracy == null) {
            return Optional.empty();
        }
        var tested = measure(model, images.training().test(), "test");
        if (tested.isFarBelow(accuracy)) {
            var fault = "%s, but %s when it was imported".formatted(describe(tested, "test"), percent(accuracy));
            throw stop(
                    model,
                    fault,
                    findCause(model, sample, found.get())
                            .map(cause -> "with %s it is %s, not %s, of %s images: set that"
                                    .formatted(
                                            cause.changes(),
                                            percent(cause.share()),
                                            percent(found.get().share()),
                                            kind())));
        }
        return Optional.of(tested.share());
    }

    /**
     * Checks one that the run has trained.
     *
     * @throws UserException if it is to be stopped at
     */
    void runOnTrained(TeacherSpec teacher, NamedModel model) {
        if (teacher.check()) {
            predict(model, sample()).filter(found -> !found.beatsChance()).ifPresent(found -> {
                throw new UserException(
                        "teacher '%s': %s; look at teachers.%s.training, its learning rate and epochs; `check: false` beside it goes on all the same"
                                .formatted(model.name(), noBetterThanChance(found), teacher.name()));
            });
        }
    }

    private Optional<Predictions> predict(NamedModel model, LabelledImages sample) {
        if (sample.size() < FEWEST_IMAGES) {
            listener.message(
                    "%s: not checked, there are only %d %s images".formatted(model.name(), sample.size(), kind()));
            return Optional.empty();
        }
        return Optional.of(measure(model, sample, kind()));
    }

    private Predictions measure(NamedModel model, LabelledImages judged, String kind) {
        var found = Evaluation.predict(model, judged, images.training().classes());
        listener.message("%s: %s".formatted(model.name(), describe(found, kind)));
        return found;
    }

    private Optional<TeacherDiagnosis.Cause> findCause(NamedModel model, LabelledImages sample, Predictions found) {
        listener.message("%s: looking for the cause".formatted(model.name()));
        return new TeacherDiagnosis(model, images.dataSet(), sample, found).findCause();
    }

    private static UserException stop(NamedModel model, String fault, Optional<String> cure) {
        return new UserException(
                "teacher '%s': %s; %s"
                        .formatted(
                                model.name(),
                                fault,
                                cure.orElse(
                                        "no other scaling, order of channels or of classes helps: is it for these images? `check: false` beside it takes it as it is")));
    }

    private String noBetterThanChance(Predictions found) {
        return "%s, not clearly better than chance (%.0f %%)".formatted(describe(found, kind()), 100 * found.chance());
    }

    private static String describe(Predictions found, String kind) {
        return "%s of %s %s images right".formatted(percent(found.share()), count(found.size()), kind);
    }

    private LabelledImages sample() {
        return images.training().validation().orElse(images.training().train()).sample(MOST_IMAGES, experiment.seed());
    }

    private String kind() {
        return images.training().validation().isPresent() ? "validation" : "training";
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static String count(int number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
