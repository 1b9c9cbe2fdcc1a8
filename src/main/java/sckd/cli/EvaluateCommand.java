package sckd.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import sckd.Nearest;
import sckd.UserException;
import sckd.data.DataSet;
import sckd.data.DataSets;
import sckd.data.LabelledImages;
import sckd.data.Normalization;
import sckd.savedmodel.ClassifierModel;
import sckd.training.Evaluation;
import sckd.training.NamedModel;

/** {@code sckd evaluate}: how good a classifier is. */
@Command(
        name = "evaluate",
        header = "Measure any classifier SavedModel on a data set.",
        description = {
            "Prints top-1, top-5, the mean cross-entropy in nats, and images per second.",
            "The input is scaled with --scale, --mean and --std, else as the model was imported, else as is customary for the data set."
        },
        footer = {"", "Example:", "  sckd evaluate savedmodels/resnet56-cifar10 --data cifar10 --path datasets"})
final class EvaluateCommand extends JsonCommand implements Callable<Integer> {
    /** Which images. */
    enum Split {
        train,
        test
    }

    /** Their names, for the help. */
    static final class DataSetNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return DataSets.all().keySet().iterator();
        }
    }

    @Parameters(paramLabel = "MODEL", description = "The SavedModel's directory.")
    private Path model;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "NAME",
            description = "The data set: ${COMPLETION-CANDIDATES}.",
            completionCandidates = DataSetNames.class)
    private String data;

    @Option(
            names = "--path",
            paramLabel = "DIR",
            description = "The directory or archive with its files; default: here.")
    private Path path;

    @Option(
            names = "--split",
            paramLabel = "SPLIT",
            defaultValue = "test",
            description = "Its images: ${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}.")
    private Split split;

    @Option(names = "--limit", paramLabel = "N", description = "Only the first N images.")
    private Integer limit;

    @Mixin
    private ImageReadingOptions images;

    @Mixin
    private ModelOptions settings;

    @Spec
    private CommandSpec spec;

    /** What is printed with {@code --json}; accuracies from 0 to 1. */
    record Report(
            String model,
            String data,
            String split,
            double top1,
            double top5,
            double loss,
            int images,
            double imagesPerSecond,
            Normalization input) {}

    @Override
    public Integer call() {
        var stated = settings.find();
        checkLimit();
        var reader = findReader();
        var classifier = ClassifierModel.read(model, stated); // first: a large data set takes its time
        var dataSet = readData(reader);
        var selected = select(dataSet);
        var named = NamedModel.of(model.toString(), classifier, stated, dataSet);
        named.model().notes().forEach(note -> err().println(model + ": " + note));
        var report = evaluate(named, selected, dataSet.classes().size());
        json.print(report, text(report));
        return 0;
    }

    private DataSets.Reader findReader() {
        var reader = DataSets.all().get(data);
        if (reader == null) {
            throw new UserException("unknown data set '%s'; %s"
                    .formatted(data, Nearest.hint(data, DataSets.all().keySet())));
        }
        if (!reader.needsFiles() && path != null) {
            throw new UserException(
                    "--path is %s; %s is generated and has no files: leave --path out".formatted(path, data));
        }
        return reader;
    }

    private DataSet readData(DataSets.Reader reader) {
        if (Terminal.isStandardError()) {
            err().println("reading " + data); // a compressed archive takes its time
        }
        return reader.read(path == null ? Path.of(".") : path, images.toReading());
    }

    private void checkLimit() {
        if (limit != null && limit < 1) {
            throw new UserException("--limit is %d; expected at least 1".formatted(limit));
        }
    }

    private LabelledImages select(DataSet dataSet) {
        var all = split == Split.train ? dataSet.train() : dataSet.test();
        return limit == null ? all : all.head(Math.min(limit, all.size()));
    }

    private Report evaluate(NamedModel named, LabelledImages images, int classes) {
        try (var progress =
                new EvaluationProgress(err(), images.size(), Terminal.isStandardError(), System::nanoTime)) {
            var result = Evaluation.run(named, images, classes, progress);
            return new Report(
                    model.toString(),
                    data,
                    split.name(),
                    result.top1(),
                    result.top5(),
                    result.loss(),
                    result.images(),
                    progress.imagesPerSecond(),
                    named.input());
        }
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }

    private static String text(Report report) {
        return String.join(
                "\n",
                List.of(
                        format("top-1   %.2f %%", 100 * report.top1()),
                        format("top-5   %.2f %%", 100 * report.top5()),
                        format("loss    %.4f", report.loss()),
                        format("images  %,d", report.images()),
                        format("rate    %.0f images/s", report.imagesPerSecond())));
    }

    private static String format(String format, Object value) {
        return String.format(Locale.ROOT, format, value);
    }
}
