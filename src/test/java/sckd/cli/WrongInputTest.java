package sckd.cli;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.common.base.Splitter;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a wrong command line is answered with: one line, exit code 2. */
class WrongInputTest {
    static Stream<Arguments> calls() {
        return Stream.of(
                // the program
                arguments("trian", "unknown command 'trian'; nearest: train; see sckd --help"),
                arguments(
                        "xyzzy",
                        "unknown command 'xyzzy'; known: compare, create, datasets, evaluate, export, help, import, inspect, search, train;"
                                + " see sckd --help"),
                arguments("help trian", "unknown command 'trian'; nearest: train; see sckd --help"),
                arguments("--verison", "unknown option '--verison'; nearest: --version; see sckd --help"),
                // train
                arguments("train --sed", "unknown option '--sed'; nearest: --set; see sckd train --help"),
                arguments("train --frobnicate=3", "unknown option '--frobnicate=3'; see sckd train --help"),
                arguments("train a.yaml b.yaml", "unexpected argument 'b.yaml'; see sckd train --help"),
                arguments(
                        "train --output",
                        "missing required parameter for option '--output' (DIR); see sckd train --help"),
                // import
                arguments(
                        "import m --as n --accuracy cifr10=93",
                        "--accuracy: unknown data set 'cifr10'; nearest: cifar10"),
                arguments(
                        "import m --as n --accuracy cifar10=.93",
                        "--accuracy cifar10=0.93: expected percent, more than 1 to 100"),
                arguments(
                        "import m --as n --accuracy 93",
                        "value for option '--accuracy' (DATA=PERCENT) should be in KEY=VALUE[,KEY=VALUE]... format but was 93;"
                                + " see sckd import --help"),
                // evaluate
                arguments(
                        "evaluate",
                        "missing required options and parameters: '--data=NAME', 'MODEL'; see sckd evaluate --help"),
                arguments("evaluate m", "missing required option: '--data=NAME'; see sckd evaluate --help"),
                arguments("evaluate m --data cifr10", "unknown data set 'cifr10'; nearest: cifar10"),
                arguments(
                        "evaluate m --data coco",
                        "unknown data set 'coco'; known: cifar10, cifar100, fashion-mnist, image-folder, imagenet, mnist, npz, shapes, tfrecord, tiny-imagenet"),
                arguments("evaluate m --data shapes --limit 0", "--limit is 0; expected at least 1"),
                arguments(
                        "evaluate m --data shapes --limit x",
                        "invalid value for option '--limit': 'x' is not an int; see sckd evaluate --help"),
                arguments(
                        "evaluate m --data shapes --split val",
                        "invalid value for option '--split': expected one of [train, test] (case-sensitive) but was"
                                + " 'val'; see sckd evaluate --help"),
                arguments(
                        "evaluate m --data shapes --mean .5,.5,.5",
                        "--std is missing; without a scale it goes with mean"),
                arguments(
                        "evaluate m --data shapes --std .5,.5,.5",
                        "--mean is missing; without a scale it goes with std"),
                arguments(
                        "evaluate m --data shapes --mean .5,.5,.5 --std .5,.5",
                        "--mean has 3 values and std 2; expected one a channel, or one for all"),
                arguments(
                        "evaluate m --data shapes --mean .5,a,.5 --std .5,.5,.5",
                        "invalid value for option '--mean': 'a' is no number; expected one for each channel such as"
                                + " .485,.456,.406; see sckd evaluate --help"),
                arguments(
                        "evaluate m --data shapes --mean .5 --std 0", "--std is 0.0; expected more than 0 and finite"),
                arguments(
                        "evaluate m --data shapes --mean 123.7 --std 58",
                        "--mean is 123.7; expected 0 to 1, in units of the full range: divide mean and"
                                + " std by 255, or state scale 1"),
                arguments(
                        "evaluate no-model --data shapes",
                        "no-model does not exist; expected a SavedModel directory, which holds saved_model.pb"),
                arguments(
                        "evaluate no-model --data cifar10 --path no-data",
                        "no-model does not exist; expected a SavedModel directory, which holds saved_model.pb"),
                arguments(
                        "evaluate no-model --data shapes --path datasets",
                        "--path is datasets; shapes is generated and has no files: leave --path out"),
                // inspect
                arguments("inspect", "missing required parameter: 'MODEL'; see sckd inspect --help"),
                arguments("inspect a b", "unexpected argument 'b'; see sckd inspect --help"),
                arguments("inspect src", "src holds no saved_model.pb; expected a SavedModel directory"),
                // import
                arguments("import model", "missing required option: '--as=NAME'; see sckd import --help"),
                arguments(
                        "import model --as ../x",
                        "model name '../x': expected letters, digits, '.', '_' or '-', a letter or digit first, at"
                                + " most 100"),
                arguments("import model --as x --mean .5,.5,.5", "--std is missing; without a scale it goes with mean"),
                arguments(
                        "import no-model --as x",
                        "no-model: does not exist; expected a SavedModel's directory or an archive of it (.zip,"
                                + " .tar.gz, .tgz or .tar)"),
                // create
                arguments(
                        "create",
                        "missing ARCHITECTURE (--list shows them), --classes=N and --as=NAME; see sckd create --help"),
                arguments("create resnet20 --as x", "missing --classes=N; see sckd create --help"),
                arguments("create resnt20 --classes 10 --as x", "unknown architecture 'resnt20'; nearest: resnet20"),
                arguments("create resnet20 --classes 1 --as x", "classes is 1; expected at least 2"),
                arguments("create --list --classes 1", "classes is 1; expected at least 2"),
                arguments(
                        "create resnet20 --classes 10 --as a/b",
                        "model name 'a/b': expected letters, digits, '.', '_' or '-', a letter or digit first, at"
                                + " most 100"),
                arguments(
                        "create --list --image 32x32",
                        "invalid value for option '--image': '32x32' is no image shape; expected height, width and"
                                + " channels such as 32x32x3; see sckd create --help"),
                arguments(
                        "create plain-cnn-10 --classes 10 --as x --image 4x4x3",
                        "images of 4x4 are too small for plain-cnn-10; expected at least 16x16"),
                // export
                arguments("export run", "missing required option: '--to=DIR'; see sckd export --help"),
                arguments(
                        "export no-run --to x",
                        "no-run: no run and no checkpoint; expected a directory with checkpoints/ in it, such as"
                                + " runs/quickstart/SCKD"));
    }

    @ParameterizedTest
    @MethodSource("calls")
    void isToldInOneLine(String arguments, String message) {
        Sckd.run(Splitter.on(' ').splitToList(arguments).toArray(String[]::new)).assertRefused(message);
    }
}
