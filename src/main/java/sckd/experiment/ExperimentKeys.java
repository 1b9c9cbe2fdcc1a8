package sckd.experiment;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import sckd.data.DataSets;
import sckd.distillation.CosineGate;
import sckd.distillation.DistillationTerm;
import sckd.yaml.ChoiceType;
import sckd.yaml.FlagType;
import sckd.yaml.Keys;
import sckd.yaml.ListType;
import sckd.yaml.MapType;
import sckd.yaml.NumberType;
import sckd.yaml.Range;
import sckd.yaml.Section;
import sckd.yaml.TextType;
import sckd.yaml.Type;
import sckd.yaml.Values;

/** The keys of an experiment file. */
final class ExperimentKeys {
    private static final Section<DataSpec> DATA = Section.of(DataSpec.class, "data", "The images.", keys -> {
        var dataset = keys.required(
                "dataset",
                ChoiceType.ofNames("data set", List.copyOf(DataSets.all().keySet())),
                DataSpec::dataset,
                "Name of the data set.");
        var path = keys.maybe(
                "path", TextType.PATH, DataSpec::path, "Its directory or archive; not for a set that is generated.");
        var images = keys.maybe(
                "images",
                ImageReadingKeys.READING,
                DataSpec::images,
                "How image files are read: for `image-folder`, `imagenet`, `tiny-imagenet`, `npz` and `tfrecord`.");
        var augment = keys.optional(
                "augment",
                new ListType<>(AugmentationKeys.AUGMENTATION),
                List.of(),
                DataSpec::augment,
                "Changes of the training images, in this order.");
        var views = keys.maybe(
                "views",
                NumberType.WHOLE.within(Range.atLeast(1)),
                DataSpec::views,
                "Augment each image in so many ways, which repeat: the outputs of teachers are then computed once for each. Without it, anew in every epoch.");
        var trainLimit = keys.maybe(
                "train-limit",
                NumberType.WHOLE.within(Range.atLeast(1)),
                DataSpec::trainLimit,
                "Use only so many of the training images.");
        var testLimit = keys.maybe(
                "test-limit",
                NumberType.WHOLE.within(Range.atLeast(1)),
                DataSpec::testLimit,
                "Use only so many of the test images.");
        var validation = keys.optional(
                "validation",
                NumberType.WHOLE.within(Range.atLeast(0)),
                0,
                DataSpec::validation,
                "How many training images are held out to choose the best epoch. With 0 it is chosen on the test images.");
        return values -> new DataSpec(
                values.get(dataset),
                values.get(path),
                values.get(images),
                values.get(augment),
                values.get(views),
                values.get(trainLimit),
                values.get(testLimit),
                values.get(validation));
    });

    private static final TextType<ModelSource> MODEL = new TextType<>(
            "zoo:NAME or a SavedModel's directory",
            "`zoo:NAME` or the directory of a SavedModel",
            Optional.empty(),
            ModelSource::parse,
            ModelSource::text);

    private static final Section<StudentSpec> STUDENT =
            Section.of(StudentSpec.class, "student", "The model that is trained.", keys -> {
                var model = keys.required(
                        "model", MODEL, StudentSpec::model, "`sckd create --list` lists the zoo's architectures.");
                var settings = ModelKeys.declare(keys, StudentSpec::settings);
                var heads = HeadKeys.declare(keys, StudentSpec::heads, "Auxiliary classifiers.");
                return values -> new StudentSpec(values.get(model), settings.apply(values), heads.apply(values));
            });

    private static final Section<Supervised> SUPERVISED =
            Section.of(Supervised.class, "supervised", "The supervised loss: cross-entropy with the labels.", keys -> {
                var weight = keys.optional(
                        "weight",
                        NumberType.FLOAT.within(Range.atLeast(0)),
                        1f,
                        Supervised::weight,
                        "On the gradient of the loss.");
                return values -> new Supervised(values.get(weight));
            });

    private static final Type<List<DistillationTerm>> LOSSES = new ListType<>(DistillationKeys.LOSS);

    static final Section<TeacherSpec> TEACHER =
            Section.of(TeacherSpec.class, "teacher", "A model that the student learns from.", keys -> {
                var name =
                        keys.required("name", Names.TYPE, TeacherSpec::name, "Unique, not `self`; losses refer to it.");
                var model = keys.required(
                        "model", MODEL, TeacherSpec::model, "A model of the zoo is untrained: it needs `training`.");
                var settings = ModelKeys.declare(keys, TeacherSpec::settings);
                var heads = HeadKeys.declare(
                        keys, TeacherSpec::heads, "Auxiliary classifiers; `training` trains them with the teacher.");
                var supervised = keys.maybe(
                        "supervised",
                        SUPERVISED,
                        TeacherSpec::supervised,
                        "Its loss with the labels, as it is trained; without it of weight 1.");
                var losses = keys.maybe(
                        "losses",
                        LOSSES,
                        TeacherSpec::losses,
                        "What it learns from teachers that stand before it: an assistant (TAKD). Without it the labels alone.");
                var gate = keys.maybe(
                        "gate",
                        GateKeys.GATE,
                        TeacherSpec::gate,
                        "When each of its losses takes part. Without it `none`, whatever the file's: TAKD distils its assistants plainly.");
                var training = keys.maybe(
                        "training",
                        TrainingKeys.TRAINING,
                        TeacherSpec::training,
                        "Trains the teacher first, once for all methods; without it the teacher is taken as it is.");
                var check = keys.optional(
                        "check",
                        new FlagType(),
                        true,
                        TeacherSpec::check,
                        "Stop the run, and say what may be the cause, if it is no better than chance on validation images, or far below the accuracy told at its import.");
                return values -> new TeacherSpec(
                        values.get(name),
                        values.get(model),
                        settings.apply(values),
                        heads.apply(values),
                        values.get(supervised),
                        values.get(losses),
                        values.get(gate),
                        values.get(training),
                        values.get(check));
            });

    private static final Section<StageSpec> STAGE = Section.of(
            StageSpec.class,
            "stage",
            "A training of the student before its own, such as the hint stage of FitNets: `{name: hint, supervised: {weight: 0}, losses: …}`. It begins with the weights "
                    + "that the stage before ended with, and leaves its own to the next; adapters, heads and the optimizer begin anew. A key that it does not have is as for the student's "
                    + "own training.",
            keys -> {
                var name = keys.required(
                        "name", Names.TYPE, StageSpec::name, "Unique; names its folder under `stages/` in the run.");
                var changes = declareChanges(keys, StageSpec::changes);
                return values -> new StageSpec(values.get(name), changes.apply(values));
            });

    private static final Type<List<StageSpec>> STAGES = new ListType<>(STAGE);

    private static final Section<Method> METHOD = Section.of(
            Method.class,
            "method",
            "What one method has in place of the file's own. A key replaces the whole of the file's.",
            keys -> {
                var student =
                        keys.maybe("student", STUDENT, Method::student, "Another student, with heads of its own.");
                var changes = declareChanges(keys, Method::changes);
                var stages = keys.maybe("stages", STAGES, Method::stages, "Other stages; `[]` drops the file's.");
                var note = keys.maybe(
                        "note",
                        TextType.TEXT,
                        Method::note,
                        "For readers of a comparison's table, such as where the weights and temperatures come from.");
                return values ->
                        new Method(values.get(student), changes.apply(values), values.get(stages), values.get(note));
            });

    /** Declares what a training may have of its own. */
    private static <T> Function<Values, Changes> declareChanges(Keys<T> keys, Function<T, Changes> get) {
        var supervised = keys.maybe("supervised", SUPERVISED, get.andThen(Changes::supervised), "Another weight.");
        var losses = keys.maybe(
                "losses", LOSSES, get.andThen(Changes::losses), "Other losses; `[]` is training without a teacher.");
        var gate = keys.maybe("gate", GateKeys.GATE, get.andThen(Changes::gate), "Another gate.");
        var training =
                keys.maybe("training", TrainingKeys.TRAINING, get.andThen(Changes::training), "Another training.");
        return values ->
                new Changes(values.get(supervised), values.get(losses), values.get(gate), values.get(training));
    }

    static final Section<Experiment> EXPERIMENT =
            Section.of(Experiment.class, "experiment", "The keys at the top of the file.", keys -> {
                var name = keys.required("name", Names.TYPE, Experiment::name, "Names the run's directory.");
                var seed = keys.optional(
                        "seed",
                        NumberType.LONG,
                        1L,
                        Experiment::seed,
                        "The same seed gives the same weights, bit for bit.");
                var data = keys.required("data", DATA, Experiment::data, "The images.");
                var student = keys.required("student", STUDENT, Experiment::student, "The model that is trained.");
                var teachers = keys.optional(
                        "teachers",
                        new ListType<>(TEACHER),
                        List.of(),
                        Experiment::teachers,
                        "The models that it learns from.");
                var supervised = keys.optional(
                        "supervised",
                        SUPERVISED,
                        new Supervised(1),
                        Experiment::supervised,
                        "The loss with the labels.");
                var losses = keys.optional(
                        "losses",
                        LOSSES,
                        List.of(),
                        Experiment::losses,
                        "The losses with the teachers; none is training without a teacher.");
                var gate = keys.optional(
                        "gate", GateKeys.GATE, new CosineGate(0), Experiment::gate, "When each loss takes part.");
                var training =
                        keys.required("training", TrainingKeys.TRAINING, Experiment::training, "Of the student.");
                var stages = keys.optional(
                        "stages",
                        STAGES,
                        List.of(),
                        Experiment::stages,
                        "Trainings of the student before that, in this order.");
                var methods = keys.optional(
                        "methods",
                        new MapType<>(Names.PATTERN, METHOD),
                        Map.of(),
                        Experiment::methods,
                        "Runs to compare, by name; each is this file with the keys that it replaces. None: the file is one run.");
                return values -> new Experiment(
                        values.get(name),
                        values.get(seed),
                        values.get(data),
                        values.get(student),
                        values.get(teachers),
                        values.get(supervised),
                        values.get(losses),
                        values.get(gate),
                        values.get(training),
                        values.get(stages),
                        values.get(methods));
            });

    private ExperimentKeys() {}
}
