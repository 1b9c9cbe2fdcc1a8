package sckd.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.UserException;
import sckd.data.Augmentation;
import sckd.data.CutMix;
import sckd.data.Cutout;
import sckd.data.HorizontalFlip;
import sckd.data.Mixup;
import sckd.distillation.DecoupledLoss;
import sckd.distillation.DistillationLoss;
import sckd.distillation.DistillationTerm;
import sckd.distillation.OutputLoss;

class MixedLabelsTest {
    @TempDir
    private Path directory;

    @Test
    void mixedImagesAreLearnedFromAndResumedBitForBit() throws IOException {
        var augment = List.<Augmentation>of(new HorizontalFlip(), new Cutout(3, Cutout.Fill.MEAN), new CutMix(1, .8f));
        var task = task(augment, new OutputLoss(4));
        var whole = Trainer.train(task, directory("whole"), new RecordingListener(), () -> false);
        var stopped = directory("stopped");
        var listener = new RecordingListener();
        assertThatThrownBy(() -> Trainer.train(task, stopped, listener, () -> listener.steps.size() == 7))
                .isInstanceOf(TrainingStopped.class);
        var resumed = Trainer.train(task, stopped, listener, () -> false);
        assertThat(resumed.last()).isEqualTo(whole.last());
        for (var name : Files.list(whole.checkpoint().bundle().getParent()).toList()) {
            if (name.toString().contains(".data-")) {
                assertThat(resumed.checkpoint().directory().resolve(name.getFileName()))
                        .hasSameBinaryContentAs(name);
            }
        }
        var plain = Trainer.train(
                task(augment.subList(0, 2), new OutputLoss(4)),
                directory("plain"),
                new RecordingListener(),
                () -> false);
        assertThat(plain.last()).isNotEqualTo(whole.last());
    }

    @Test
    void aLossThatUsesTheLabelsOfMixedImagesIsRefused() {
        var augment = List.<Augmentation>of(new Mixup(1, 1));
        assertThatThrownBy(() -> Trainer.check(task(augment, new DecoupledLoss(1, 8, 4))))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "loss 'output' uses the labels, but data.augment mixes images, which then have two labels each; leave mixup and cutmix out of data.augment, or choose another kind of loss");
        Trainer.check(task(augment, new OutputLoss(4)));
        Trainer.check(task(List.of(), new DecoupledLoss(1, 8, 4)));
    }

    private Path directory(String name) throws IOException {
        return Files.createDirectory(directory.resolve(name));
    }

    private TrainingTask task(List<Augmentation> augment, DistillationLoss loss) {
        var terms = List.of(new DistillationTerm("output", loss, "teacher", Optional.empty(), Optional.empty(), 1));
        return SmallTask.task(directory, SmallTask.data(augment), terms, SmallTask.plan(3, SmallTask.SGD));
    }
}
