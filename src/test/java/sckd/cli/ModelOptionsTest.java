package sckd.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import sckd.UserException;
import sckd.data.Normalization;
import sckd.savedmodel.ChannelOrder;
import sckd.savedmodel.ImageSize;
import sckd.savedmodel.InputSettings;
import sckd.savedmodel.Layout;
import sckd.savedmodel.ModelSettings;

class ModelOptionsTest {
    @TempDir
    private Path directory;

    private static ModelSettings find(String... arguments) {
        return CommandLine.populateCommand(new ModelOptions(), arguments).find();
    }

    @Test
    void withoutAnyNothingIsStated() {
        assertThat(find()).isEqualTo(ModelSettings.NONE);
    }

    @Test
    void eachIsOneSetting() throws IOException {
        var classes =
                Files.writeString(directory.resolve("names.txt"), "cat\ndog\n").toString();
        assertThat(find(
                        "--tags=serve,gpu",
                        "--signature=classify",
                        "--input=x",
                        "--output=dense/BiasAdd:0",
                        "--scale=1/127.5",
                        "--mean=1",
                        "--std=1,1,2",
                        "--size=48x32",
                        "--layout=NCHW",
                        "--channels=BGR",
                        "--feed=place=.5,rate=-2",
                        "--feed=training=1",
                        "--classes=" + classes,
                        "--trust-ops=PyFunc,EagerPyFunc"))
                .isEqualTo(new ModelSettings(
                        Optional.of(List.of("serve", "gpu")),
                        Optional.of("classify"),
                        new InputSettings(
                                Optional.of("x"),
                                Optional.of(new Normalization(1 / 127.5f, List.of(1f), List.of(1f, 1f, 2f))),
                                Optional.of(new ImageSize(48, 32)),
                                Optional.of(Layout.NCHW),
                                Optional.of(ChannelOrder.BGR),
                                Map.of("place", .5, "rate", -2d, "training", 1d)),
                        Optional.of("dense/BiasAdd:0"),
                        List.of("cat", "dog"),
                        Optional.empty(),
                        Set.of("PyFunc", "EagerPyFunc")));
        assertThat(find("--tags=").tags()).contains(List.of());
        assertThat(find("--scale=1").input().scaling()).contains(Normalization.OF_PIXELS);
    }

    @Test
    void wrongValuesAreRefused() {
        assertThatThrownBy(() -> find("--size=224"))
                .isInstanceOf(ParameterException.class)
                .hasMessage(
                        "Invalid value for option '--size': '224' is no size; expected height and width such as 224x224");
        assertThatThrownBy(() -> find("--size=9999x1"))
                .hasMessage("Invalid value for option '--size': '9999x1': height is 9999; expected 1 to 4096 pixels");
        assertThatThrownBy(() -> find("--scale=1/x"))
                .hasMessage("Invalid value for option '--scale': '1/x' is no number; expected one such as 1/255");
        assertThatThrownBy(() -> find("--feed=place=x"))
                .isInstanceOf(ParameterException.class)
                .hasMessage("Invalid value for option '--feed' (NAME=NUMBER): 'x' is not a double");
        assertThatThrownBy(() -> find("--feed=place=NaN"))
                .isInstanceOf(UserException.class)
                .hasMessage("--feed place=NaN: expected a finite number");
        assertThatThrownBy(() -> find("--scale=1/0"))
                .isInstanceOf(UserException.class)
                .hasMessage("--scale is Infinity; expected more than 0 and finite");
    }
}
