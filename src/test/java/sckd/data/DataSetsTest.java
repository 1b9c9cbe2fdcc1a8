package sckd.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DataSetsTest {
    @Test
    void knowsItsSetsByName() {
        assertThat(DataSets.all())
                .containsOnlyKeys(
                        "cifar10",
                        "cifar100",
                        "mnist",
                        "fashion-mnist",
                        "tiny-imagenet",
                        "imagenet",
                        "image-folder",
                        "npz",
                        "tfrecord",
                        "shapes");
        assertThatThrownBy(() -> DataSets.all().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void shapesNeedNoFiles() {
        var shapes = DataSets.all().get("shapes").read(Path.of("nowhere"));
        assertThat(shapes.train().size()).isEqualTo(8000);
        assertThat(shapes.test().size()).isEqualTo(2000);
    }
}
