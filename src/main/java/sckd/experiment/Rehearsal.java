package sckd.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import sckd.UserException;
import sckd.distillation.OpenRates;
import sckd.files.AtomicDirectory;
import sckd.files.IoReason;
import sckd.savedmodel.ModelSettings;
import sckd.training.ModelHeads;
import sckd.training.NamedModel;
import sckd.training.Trainer;

/**
 * Builds the graph of every training of an experiment without running any: a layer that is not there, features or classes that do not fit, an op
 * without gradient are told before hours are spent on the stages before. Teachers that are yet to be trained are stood in for as they start.
 */
final class Rehearsal {
    private final Experiment experiment;
    private final Images images;
    private final Map<String, NamedModel> given;
    private final Path scratch;
    private final Map<Path, ModelSource> made = new HashMap<>();

    private Rehearsal(Experiment experiment, Images images, Map<String, NamedModel> given, Path scratch) {
        this.experiment = experiment;
        this.images = images;
        this.given = given;
        this.scratch = scratch;
    }

    /**
     * @param given the teachers that are taken as they are, by name
     * @throws UserException if a training cannot be built
     */
    static void run(Experiment experiment, Images images, Map<String, NamedModel> given) {
        try {
            var scratch = Files.createTempDirectory("sckd");
            try {
                new Rehearsal(experiment, images, given, scratch).run();
            } finally {
                AtomicDirectory.delete(scratch);
            }
        } catch (IOException e) {
            throw new UserException(
                    "%s: cannot be written: %s".formatted(System.getProperty("java.io.tmpdir"), IoReason.of(e)), e);
        }
    }

    /** Of a model that was made here, messages name what the user wrote. */
    private void run() {
        try {
            build();
        } catch (UserException e) {
            var message = e.getMessage();
            for (var place : longestFirst(made.keySet())) {
                message = message.replace(place.toString(), made.get(place).text());
            }
            throw new UserException(message, e);
        }
    }

    /** One can begin as another does: methods/SCKD and methods/SCKD-2. */
    private static List<Path> longestFirst(Collection<Path> places) {
        return places.stream()
                .sorted(Comparator.comparing((Path place) -> place.toString().length())
                        .reversed())
                .toList();
    }

    private void build() {
        var teachers = new ArrayList<NamedModel>();
        for (var teacher : experiment.teachers()) {
            var place = scratch.resolve("teachers").resolve(teacher.name());
            var model = teacher.training().isPresent()
                    ? read(teacher.name(), teacher.model(), teacher.settings(), place)
                    : given.get(teacher.name());
            teacher.training().ifPresent(plan -> check(Work.ofTeacher(teacher, plan, teachers), model));
            teachers.add(model.with(ModelHeads.untrained(teacher.heads())));
        }
        experiment.byMethod().forEach((name, method) -> {
            // What a method is to follow is not recorded yet; the graph is the same whatever the rate.
            Function<String, OpenRates> recorded = other -> new OpenRates.Fixed(1);
            var spec = method.student();
            var student = read(
                    name,
                    spec.model(),
                    spec.settings(),
                    scratch.resolve("methods").resolve(name));
            method.stages().forEach(stage -> check(Work.ofStage(name, stage, method, teachers, recorded), student));
            check(Work.ofMethod(name, method, teachers, recorded), student);
        });
    }

    private void check(Work work, NamedModel student) {
        Trainer.check(work.task(images, experiment.seed(), student));
    }

    /** A SavedModel where it is, so that messages name the place that the user gave; a zoo model is made at {@code place}. */
    private NamedModel read(String name, ModelSource source, ModelSettings stated, Path place) {
        if (source instanceof ModelSource.SavedModel model) {
            return Models.read(name, model.directory(), stated, images.dataSet());
        }
        made.put(place, source);
        Models.writeInitial(source, stated, images.dataSet(), experiment.seed(), place);
        return Models.read(name, place, stated, images.dataSet());
    }
}
