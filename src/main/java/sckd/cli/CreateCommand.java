package sckd.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import sckd.savedmodel.Inspection;
import sckd.savedmodel.ModelImport;
import sckd.zoo.Zoo;

/** {@code sckd create}: an untrained model of the zoo. */
@Command(
        name = "create",
        header = "Write an untrained model of a built-in architecture.",
        description =
                "The model is a SavedModel like any other: a student to be distilled into, or a teacher to be trained.",
        footer = {
            "",
            "Examples:",
            "  sckd create resnet20 --classes 10 --as my-student",
            "  sckd create --list --classes 100"
        })
final class CreateCommand extends JsonCommand implements Callable<Integer> {
    private static final int CLASSES_TO_LIST = 10;

    @Parameters(
            arity = "0..1",
            paramLabel = "ARCHITECTURE",
            description = "One that --list shows, or of a form that it names.")
    private String architecture;

    @Option(
            names = "--classes",
            paramLabel = "N",
            description = "How many classes it tells apart; needed but for --list, which takes 10.")
    private Integer classes;

    @Option(names = "--as", paramLabel = "NAME", description = "It is written to savedmodels/NAME.")
    private String name;

    @Option(
            names = "--image",
            paramLabel = "HxWxC",
            defaultValue = "32x32x3",
            converter = ImageShape.Converter.class,
            description = "Height, width and channels of its images; default: ${DEFAULT-VALUE}.")
    private ImageShape image;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of the first weights; default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--list", description = "List the architectures and what they cost instead.")
    private boolean list;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (list) {
            var report = ZooReport.of(classes == null ? CLASSES_TO_LIST : classes, image);
            json.print(report, report.text());
        } else {
            checkComplete();
            create();
        }
        return 0;
    }

    private void create() {
        ModelImport.checkName(name);
        var target = Path.of("savedmodels", name);
        Zoo.create(architecture, classes, image.sizes(), seed, target);
        var report = CreateReport.of(architecture, classes, image, seed, Inspection.of(target));
        json.print(report, report.text());
    }

    private void checkComplete() {
        var missing = new ArrayList<String>();
        if (architecture == null) {
            missing.add("ARCHITECTURE (--list shows them)");
        }
        if (classes == null) {
            missing.add("--classes=N");
        }
        if (name == null) {
            missing.add("--as=NAME");
        }
        if (!missing.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "missing " + joined(missing));
        }
    }

    private static String joined(List<String> missing) {
        int last = missing.size() - 1;
        return last == 0 ? missing.get(0) : String.join(", ", missing.subList(0, last)) + " and " + missing.get(last);
    }
}
