package sckd.savedmodel;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.AssignAddVariableOp;
import org.tensorflow.op.core.AssignSubVariableOp;
import org.tensorflow.op.core.AssignVariableOp;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.ReadVariableOp;
import org.tensorflow.op.random.RandomUniform;
import org.tensorflow.op.random.StatelessRandomUniform;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * A model for tests as {@code ExportArchive} writes it: vectors {@code [batch, 2]}, less a moving mean, times a kernel; and a signature
 * {@code train} that takes the mean of the batch, moves the average by half with AssignSubVariableOp, and multiplies the logits with random
 * numbers by a seed that it counts up twice.
 */
final class TrainableModel {
    static final float[] MEAN = {1, -2};
    static final float[] KERNEL = {1, 2, -1, .5f, -3, 1};
    static final long SEED = 40;
    static final float[] IMAGES = {1, 2, 3, -4, .5f, 6, 0, -1};

    final ModelSketch sketch = new ModelSketch();
    final Operand<TFloat32> images = sketch.images(-1, 2);
    final Ops layer = sketch.layer("layer");
    final Operand<TFloat32> mean = sketch.variable(layer, "mean", false, Shape.of(2), MEAN);
    final Operand<TFloat32> kernel = sketch.variable(layer, "kernel", true, Shape.of(2, 3), KERNEL);
    final Operand<TInt64> seed = sketch.variable(
            layer, "seed", false, Shape.scalar(), sketch.tf().constant(SEED), TInt64.class, DataType.DT_INT64);
    final Operand<TFloat32> logits = sketch.layer("serve").linalg.matMul(layer.math.sub(images, mean), kernel);
    final Ops train = sketch.layer("train");
    final Operand<TFloat32> fed = train.withName("fed").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2)));
    final Operand<TFloat32> batchMean = train.math.mean(fed, train.constant(0));
    final List<Op> effects = new ArrayList<>();

    /** What the training signature multiplies its logits with. */
    enum Noise {
        NONE,
        BY_SEED,
        OF_THE_RUNTIME
    }

    Operand<TFloat32> trainingLogits(Noise noise) {
        var plain = train.linalg.matMul(train.math.sub(fed, batchMean), kernel);
        return switch (noise) {
            case NONE -> plain;
            case BY_SEED -> train.math.mul(plain, noiseBySeed(train.shape(plain)));
            case OF_THE_RUNTIME ->
                train.math.mul(
                        plain,
                        RandomUniform.create(
                                train.scope(), train.shape(plain), TFloat32.class, RandomUniform.seed(3L)));
        };
    }

    /** The seed is read, counted up, read again and counted up: each pair of numbers must have its own. */
    private Operand<TFloat32> noiseBySeed(Operand<TInt32> shape) {
        var first = buildUniform(shape, seed);
        var added = AssignAddVariableOp.create(train.scope(), sketch.handle("layer/seed"), train.constant(1L));
        var after = train.withControlDependencies(List.of(added));
        var again = ReadVariableOp.create(after.scope(), sketch.handle("layer/seed"), TInt64.class);
        var second = buildUniform(shape, again);
        var next = train.withControlDependencies(List.of(again));
        effects.add(AssignVariableOp.create(
                next.scope(), sketch.handle("layer/seed"), train.math.add(again, train.constant(1L))));
        return train.math.mul(first, second);
    }

    private Operand<TFloat32> buildUniform(Operand<TInt32> shape, Operand<TInt64> own) {
        var pair = train.stack(List.of(own, train.constant(7L)));
        return StatelessRandomUniform.create(train.scope(), shape, pair);
    }

    void moveMean() {
        var step = train.math.mul(train.math.sub(mean, batchMean), train.constant(.5f));
        effects.add(AssignSubVariableOp.create(train.scope(), sketch.handle("layer/mean"), step));
    }

    /** Signs what the training gives when its effects have happened, and writes it all. */
    ClassifierModel write(Path directory, String name, Operand<TFloat32> trainingLogits) {
        var answer = train.withControlDependencies(effects).identity(trainingLogits);
        sketch.sign(name, List.of(fed), answer);
        sketch.write(directory, logits, Map.of("logits", logits));
        return ClassifierModel.read(directory);
    }

    static ClassifierModel write(Path directory, Noise noise) {
        var model = new TrainableModel();
        model.moveMean();
        return model.write(directory, "train", model.trainingLogits(noise));
    }
}
