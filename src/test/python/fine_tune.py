"""Trains models with Python TensorFlow on given batches, and compares the weights with those that ours has on the same.

usage: fine_tune.py train DIRECTORY SHARED [NAME...]
       fine_tune.py compare DIRECTORY [NAME...]
  DIRECTORY  gets, of each model, NAME/original (SavedModel), NAME/batches.bin and NAME/weights.npz; sckd.training.FineTune adds NAME/trained
  SHARED     holds models/resnet20-cifar10, models/wild/module-ondevice and data/cifar-10-batches-bin.tar.xz; what is not there is left out
  NAME       of a model; all where none is given

compare prints a line for each model and exits with 1 where a weight is off by more than 1e-4 of the largest of its tensor.

batches.bin, little-endian: int32 steps, batch, height, width, channels, classes; float32 learning rate and momentum; then of each step float32
images [batch, height, width, channels] and int32 labels [batch].
"""

import os
import shutil
import sys
import tarfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
import keras
import numpy as np
import tensorflow as tf
import tf_keras

STEPS = 50
BATCH = 16
TOLERANCE = 1e-4
LEARNING_RATE = 0.01
# Twenty layers and more let rounding grow: after 50 steps of Python alone, from first weights that differ in their last bit, a weight of ResNet20 is off
# by 8e-2 of the largest at a learning rate of .01, by 8e-4 at .001 and by 6e-6 at this one.
LEARNING_RATE_OF_DEEP_NETS = 0.0001
MOMENTUM = 0.9

tf.get_logger().setLevel("ERROR")


def network(library, vectors=False, axis=-1, dropout=0.0, **norm):
    """A convolution and a dense layer, each normalised by the batch; or two dense layers."""
    layers = library.layers
    images = library.Input((8, 8, 3))
    x = layers.Flatten()(images) if vectors else layers.Conv2D(6, 3, padding="same")(images)
    x = layers.Dense(12)(x) if vectors else x
    x = layers.ReLU()(layers.BatchNormalization(axis=axis, **norm)(x))
    x = x if vectors else layers.GlobalAveragePooling2D()(x)
    x = layers.ReLU()(layers.BatchNormalization(**norm)(layers.Dense(10)(x)))
    if dropout:
        x = layers.Dropout(dropout)(x)
    return randomised(library.Model(images, layers.Dense(5)(x)))


def randomised(model):
    """No two weights are alike, so that a weight is found again by its values."""
    random = np.random.default_rng(7)
    for weight in model.weights:
        dtype = weight.dtype if isinstance(weight.dtype, str) else weight.dtype.name
        if dtype != "float32":
            continue
        name = getattr(weight, "path", weight.name)
        values = random.normal(size=weight.shape) * 0.3
        weight.assign(np.abs(values) + 0.5 if "variance" in name or "gamma" in name else values)
    return model


def keras3(**options):
    def make(directory):
        model = network(keras, **options)
        model.export(directory, verbose=False)
        return model.weights, lambda x: model(x, training=True), model.trainable_weights

    return make


def keras3_archive(directory):
    model = network(keras, dropout=0.3, momentum=0.8)
    archive = keras.export.ExportArchive()
    archive.track(model)
    images = [tf.TensorSpec((None, 8, 8, 3), tf.float32)]
    archive.add_endpoint("serve", lambda x: model(x, training=False), images)
    archive.add_endpoint("train", lambda x: model(x, training=True), images)
    archive.write_out(directory, verbose=False)
    return model.variables, lambda x: model(x, training=True), model.trainable_weights


def keras2(export=False, **options):
    def make(directory):
        model = network(tf_keras, **options)
        (model.export if export else model.save)(directory)
        return model.weights, lambda x: model(x, training=True), model.trainable_weights

    return make


class HandWritten(tf.Module):
    """Batch norm by tf.nn.batch_normalization, with averages of momentum .99 that only train moves."""

    def __init__(self):
        super().__init__()
        random = np.random.default_rng(8)

        def variable(name, values, trainable=True):
            return tf.Variable(values.astype("float32"), trainable=trainable, name=name)

        self.filters = variable("filters", random.normal(size=(3, 3, 3, 6)) * 0.3)
        self.gamma = variable("gamma", random.uniform(0.5, 1.5, 6))
        self.beta = variable("beta", random.normal(size=6))
        self.mean = variable("mean", random.normal(size=6) * 0.1, False)
        self.variance = variable("variance", random.uniform(0.5, 1.5, 6), False)
        self.kernel = variable("kernel", random.normal(size=(6, 5)))

    def logits(self, images, training):
        x = tf.nn.conv2d(images, self.filters, 1, "SAME")
        mean, variance = self.mean, self.variance
        if training:
            mean, variance = tf.nn.moments(x, [0, 1, 2])
            self.mean.assign_sub(0.01 * (self.mean - mean))
            self.variance.assign_sub(0.01 * (self.variance - variance))
        x = tf.nn.relu(tf.nn.batch_normalization(x, mean, variance, self.beta, self.gamma, 1e-3))
        return tf.reduce_mean(x, [1, 2]) @ self.kernel

    @tf.function(input_signature=[tf.TensorSpec((None, 8, 8, 3))])
    def infer(self, images):
        return {"logits": self.logits(images, False)}

    @tf.function(input_signature=[tf.TensorSpec((None, 8, 8, 3))])
    def train(self, images):
        return {"logits": self.logits(images, True)}


def hand_written(*names):
    def make(directory):
        module = HandWritten()
        tf.saved_model.save(module, directory, {name: getattr(module, name) for name in names})
        return module.variables, lambda x: module.logits(x, True), module.trainable_variables

    return make


def shared_keras2(path):
    def make(directory):
        shutil.copytree(path, directory)
        model = tf_keras.models.load_model(path)
        return model.weights, lambda x: model(x, training=True), model.trainable_weights

    return make


def shared_module(path):
    def make(directory):
        shutil.copytree(path, directory)
        module = tf.saved_model.load(path)
        infer = module.signatures["infer"]
        (name,) = infer.structured_input_signature[1]
        variables = [v for v in infer.variables if v.dtype == tf.float32]
        return variables, lambda x: infer(**{name: tf.reshape(x, (-1, 28, 28))})["logits"], variables

    return make


def models(shared):
    """Name: (what writes a SavedModel and gives its weights, its call for training and what is trained; shape of an image; classes;
    where its batches come from and the learning rate, if not noise and the usual)."""
    small = (8, 8, 3), 5
    made = {
        "keras3-dense": (keras3(vectors=True), *small),
        "keras3-conv": (keras3(), *small),
        "keras3-bare": (keras3(center=False, scale=False), *small),
        "keras3-axis-1": (keras3(axis=1), *small),
        "keras3-archive": (keras3_archive, *small),
        "keras2-dense": (keras2(vectors=True, momentum=0.9), *small),
        "keras2-conv": (keras2(momentum=0.9), *small),
        "keras2-axis-2": (keras2(axis=2, momentum=0.9), *small),
        "keras2-export": (keras2(export=True), *small),
        "module-infer": (hand_written("infer"), *small),
        "module-train": (hand_written("infer", "train"), *small),
    }
    resnet = os.path.join(shared, "models/resnet20-cifar10")
    ondevice = os.path.join(shared, "models/wild/module-ondevice")
    pictures = os.path.join(shared, "data/cifar-10-batches-bin.tar.xz")
    if os.path.isdir(resnet) and os.path.isfile(pictures):
        made["resnet20-cifar10"] = (shared_keras2(resnet), (32, 32, 3), 10, cifar10(pictures), LEARNING_RATE_OF_DEEP_NETS)
    if os.path.isdir(ondevice):
        made["module-ondevice"] = (shared_module(ondevice), (28, 28, 1), 10)
    return made


def noise(shape, classes):
    random = np.random.default_rng(1)
    images = random.normal(size=(STEPS, BATCH, *shape)).astype("<f4")
    return images, random.integers(0, classes, (STEPS, BATCH)).astype("<i4")


def cifar10(path):
    def read(shape, classes):
        with tarfile.open(path) as archive:
            member = next(member for member in archive if member.name.endswith("data_batch_1.bin"))
            records = np.frombuffer(archive.extractfile(member).read(STEPS * BATCH * 3073), np.uint8).reshape(-1, 3073)
        pixels = records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1) / 255
        images = (pixels - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)
        return images.reshape(STEPS, BATCH, *shape).astype("<f4"), records[:, 0].reshape(STEPS, BATCH).astype("<i4")

    return read


def write_batches(path, sizes, learning_rate, images, labels):
    with open(path, "wb") as file:
        file.write(np.array([STEPS, BATCH, *sizes], "<i4").tobytes())
        file.write(np.array([learning_rate, MOMENTUM], "<f4").tobytes())
        for step in range(STEPS):
            file.write(images[step].tobytes() + labels[step].tobytes())


def train(directory, name, make, shape, classes, draw=noise, learning_rate=LEARNING_RATE):
    place = os.path.join(directory, name)
    shutil.rmtree(place, ignore_errors=True)
    os.makedirs(place)
    weights, call, trainable = make(os.path.join(place, "original"))
    before = [np.array(weight) for weight in weights]
    images, labels = draw(shape, classes)
    write_batches(os.path.join(place, "batches.bin"), [*shape, classes], learning_rate, images, labels)
    velocities = [tf.Variable(tf.zeros(weight.shape)) for weight in trainable]
    for step in range(STEPS):
        with tf.GradientTape() as tape:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels[step], call(tf.constant(images[step])))
            loss = tf.reduce_mean(losses)
        plain = [weight.value if isinstance(weight, keras.Variable) else weight for weight in trainable]
        for weight, velocity, gradient in zip(trainable, velocities, tape.gradient(loss, plain)):
            velocity.assign(MOMENTUM * velocity + gradient)
            weight.assign(weight - learning_rate * velocity)
    after = [np.array(weight) for weight in weights]
    arrays = {f"before{i}": value for i, value in enumerate(before)} | {f"after{i}": value for i, value in enumerate(after)}
    np.savez(os.path.join(place, "weights.npz"), **arrays)
    print(f"{name}: {STEPS} steps, loss {float(loss):.4f}", flush=True)


def read_checkpoint(model):
    reader = tf.train.load_checkpoint(os.path.join(model, "variables/variables"))
    keys = [key for key, dtype in reader.get_variable_to_dtype_map().items() if dtype != tf.string]
    return {key: reader.get_tensor(key) for key in keys}


def compare(directory, name):
    """The largest difference of a tensor, as a share of its largest value; of integers, whether they are the same."""
    place = os.path.join(directory, name)
    original = read_checkpoint(os.path.join(place, "original"))
    trained = read_checkpoint(os.path.join(place, "trained"))
    weights = np.load(os.path.join(place, "weights.npz"))
    worst, moved = 0.0, 0
    for i in range(len(weights.files) // 2):
        before, after = weights[f"before{i}"], weights[f"after{i}"]
        keys = [key for key, value in original.items() if value.shape == before.shape and np.array_equal(value, before)]
        if not keys:
            return False, f"weight {i} {before.shape} is not in the checkpoint"
        moved += not np.array_equal(before, after)
        for key in keys:
            difference = np.abs(trained[key].astype("f8") - after.astype("f8")).max() / np.abs(after.astype("f8")).max()
            exact = np.issubdtype(before.dtype, np.integer)
            if not difference <= (0 if exact else TOLERANCE):
                return False, f"'{key}' is off by {difference:.1e} of its largest value"
            worst = max(worst, difference)
    return moved > 0, f"{moved} tensors moved, the largest difference is {worst:.1e} of a tensor's largest value"


def main(task, directory, *arguments):
    if task == "train":
        shared, *names = arguments
        for name, model in models(shared).items():
            if not names or name in names:
                train(directory, name, *model)
        return 0
    names = list(arguments) or sorted(os.listdir(directory))
    results = {name: compare(directory, name) for name in names}
    for name, (equal, text) in results.items():
        print(f"{name}: {'ok' if equal else 'DIFFERENT'}: {text}")
    return 0 if all(equal for equal, _ in results.values()) else 1


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in ("train", "compare"):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
