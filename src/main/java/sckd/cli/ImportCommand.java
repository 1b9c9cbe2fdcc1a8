package sckd.cli;

import com.google.common.collect.Maps;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sckd.Nearest;
import sckd.UserException;
import sckd.data.DataSets;
import sckd.savedmodel.ModelImport;

/** {@code sckd import}: brings a pretrained model in. */
@Command(
        name = "import",
        header = "Bring a pretrained classifier in.",
        description = {
            "Copies its SavedModel to savedmodels/NAME, checks it, and records origin, SHA-256 and what the options below say of it in"
                    + " assets.extra/sckd.json: no later command needs to be told again.",
            "The archive of a stranger is unpacked into that directory or not at all."
        },
        footer = {
            "",
            "Example: a teacher that was trained on images scaled by these means and",
            "standard deviations",
            "  sckd import resnet56.tar.gz --as resnet56-cifar10 \\",
            "      --mean .485,.456,.406 --std .229,.224,.225"
        })
final class ImportCommand extends JsonCommand implements Runnable {
    @Parameters(
            paramLabel = "SOURCE",
            description = "A SavedModel's directory, or a zip, tar or tar.gz archive with one in it.")
    private Path source;

    @Option(
            names = "--as",
            required = true,
            paramLabel = "NAME",
            description = "Its name among the models in savedmodels/.")
    private String name;

    @Mixin
    private ModelOptions settings;

    @Option(
            names = "--trainable-constants",
            description =
                    "For a student whose weights are constants, as ONNX converters and frozen graphs leave them: makes variables of"
                            + " them in the copy.")
    private boolean trainableConstants;

    @Option(
            names = "--accuracy",
            split = ",",
            paramLabel = "DATA=PERCENT",
            description =
                    "Its top-1 on the test images of a data set, such as cifar10=93.39: a run in which it teaches stops where it is far"
                            + " below.")
    private Map<String, Double> accuracy = Map.of();

    @Option(names = "--replace", description = "Put it in the place of a model that has the name already.")
    private boolean replace;

    @Override
    public void run() {
        ModelImport.checkName(name);
        var existing = replace ? ModelImport.Existing.REPLACE : ModelImport.Existing.REFUSE;
        var target = Path.of("savedmodels", name);
        var imported = new ModelImport(source, target, settings.find(), shares(), existing)
                .run(trainableConstants ? ModelImport.Constants.TRAIN : ModelImport.Constants.KEEP);
        var report = ImportReport.of(imported);
        json.print(report, report.text());
    }

    /** The accuracies from 0 to 1. */
    private Map<String, Double> shares() {
        var known = DataSets.all().keySet();
        accuracy.forEach((data, percent) -> {
            if (!known.contains(data)) {
                throw new UserException(
                        "--accuracy: unknown data set '%s'; %s".formatted(data, Nearest.hint(data, known)));
            }
            if (!(percent > 1 && percent <= 100)) {
                throw new UserException(
                        "--accuracy %s=%s: expected percent, more than 1 to 100".formatted(data, percent));
            }
        });
        return Maps.transformValues(accuracy, percent -> percent / 100);
    }
}
