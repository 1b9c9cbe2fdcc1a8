package sckd.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.Shape;
import sckd.UserException;
import sckd.autodiff.TestGraph;
import sckd.distillation.NamedHead;
import sckd.distillation.OpenGate;
import sckd.distillation.SeparableHead;

class TrainedHeadsTest {
    private static final String KERNEL = "heads/early/classifier/kernel";

    @TempDir
    private Path directory;

    @Test
    void theyAreThoseOfTheCheckpoint() throws Exception {
        var head = new NamedHead("early", new SeparableHead(1), "stage1", 1);
        var task = new TrainingTask(
                3,
                SmallTask.data(List.of()),
                SmallTask.zoo(directory, "student", "plain-cnn-2").with(ModelHeads.untrained(List.of(head))),
                List.of(),
                1,
                List.of(),
                new OpenGate(false),
                SmallTask.plan(1, SmallTask.SGD));
        var run = Files.createDirectory(directory.resolve("run"));
        var result = Trainer.train(task, run, new RecordingListener(), () -> false);
        var checkpoint = result.checkpoint().bundle();
        assertThat(result.heads()).hasSize(14).contains(KERNEL, "heads/early/block1/second/norm/moving_variance");

        var heads = TrainedHeads.write(checkpoint, result.heads(), directory.resolve("heads"));

        for (var name : result.heads()) {
            var values = CheckpointValues.read(checkpoint, name);
            assertThat(CheckpointValues.read(heads.directory().resolve("variables"), name))
                    .as(name)
                    .isEqualTo(values);
        }
        try (var graph = new TestGraph()) {
            var kernel = heads.buildConstant(graph.tf, KERNEL, Shape.of(32, SmallTask.CLASSES), new float[0]);
            assertThat(graph.read(kernel)).isEqualTo(CheckpointValues.read(checkpoint, KERNEL));
            assertThatThrownBy(() -> heads.buildConstant(graph.tf, KERNEL, Shape.of(1), new float[0]))
                    .isInstanceOf(UserException.class)
                    .hasMessage(
                            "%s: '%s' has the shape [32, 6]; expected [1]: its heads are not those of the experiment"
                                    .formatted(heads.directory(), KERNEL));
            assertThatThrownBy(() -> heads.buildConstant(graph.tf, "heads/late/kernel", Shape.of(1), new float[0]))
                    .isInstanceOf(UserException.class)
                    .hasMessageStartingWith(heads.directory() + ": its heads cannot be read: ")
                    .hasMessageContaining("heads/late/kernel");
        }
        var digest = heads.sha256();
        TrainedHeads.write(checkpoint, result.heads(), heads.directory()); // as a process does that takes over
        assertThat(heads.sha256()).isEqualTo(digest);
    }
}
