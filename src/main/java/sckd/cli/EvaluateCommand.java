package sckd.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import sckd.UserException;
import sckd.data.DataSets;
import sckd.data.Normalization;
import sckd.savedmodel.ClassifierModel;
import sckd.training.Evaluation;
import sckd.training.NamedModel;

/** {@code sckd evaluate}: how good a classifier is. */
@Command(
        name = "evaluate",
        description =
                "Measures any classifier SavedModel on a data set: top-1, top-5, mean cross-entropy, images per second.",
        footer = {
            "",
            "The input is scaled as (pixel / 255 - mean) / std: with --mean and --std, else as the model was imported, else as is",
            "customary for the data set.",
            "",
            "Example:",
            "  sckd evaluate savedmodels/resnet56-cifar10 --data cifar10 --path datasets"
        })
final class EvaluateCommand implements Callable<Integer>, Common.Holder {
    /** Which images. */
    enum Split {
        train,
        test
    }

    @Parameters(paramLabel = "MODEL", description = "The SavedModel's directory.")
    private Path model;

    @Option(names = "--data", required = true, paramLabel = "NAME", description = "The data set.")
    private String data;

    @Option(names = "--path", paramLabel = "DIR", defaultValue = ".", description = "Where its files are.")
    private Path path;

    @Option(names = "--split", defaultValue = "test", description = "${COMPLETION-CANDIDATES}; default: test.")
    private Split split;

    @Option(names = "--limit", paramLabel = "N", description = "Only the first N images.")
    private Integer limit;

    @Mixin
    private InputOptions input;

    @Mixin
    private JsonOutput json;

    @Mixin
    private Common common;

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
    public Common common() {
        return common;
    }

    @Override
    public Integer call() {
        var reader = DataSets.all().get(data);
        if (reader == null) {
            throw new UserException("unknown data set '%s'; known: %s"
                    .formatted(data, String.join(", ", DataSets.all().keySet())));
        }
        var classifier = ClassifierModel.read(model);
        classifier.notes().forEach(note -> System.err.println(model + ": " + note));
        var dataSet = reader.read(path);
        var all = split == Split.train ? dataSet.train() : dataSet.test();
        var images = limit == null ? all : all.head(Math.min(limit, all.size()));
        Optional<Normalization> asked = input.find();
        var scaling = asked.or(() -> classifier.card().input()).orElse(dataSet.normalization());
        long start = System.nanoTime();
        var result = Evaluation.run(
                new NamedModel("model", classifier, scaling),
                images,
                dataSet.classes().size());
        double rate = images.size() / ((System.nanoTime() - start) / 1e9);
        var report = new Report(
                model.toString(),
                data,
                split.name(),
                result.top1(),
                result.top5(),
                result.loss(),
                result.images(),
                rate,
                scaling);
        json.print(spec.commandLine().getOut(), report, text(report));
        return 0;
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
