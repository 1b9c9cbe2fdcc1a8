"""Classifiers as Keras 3 writes them."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from recording import BATCH, Record, calm, gradients, images, randomize, settle

CLASSES = 10
LABELS = np.arange(BATCH) * 3 % CLASSES


def block(x, channels, name, strides=1):
    x = layers.Conv2D(channels, 3, strides, padding="same", use_bias=False, name=f"{name}_conv")(x)
    x = layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(x)
    return layers.Activation("relu", name=f"{name}_relu")(x)


def small(inputs, end="softmax", classes=CLASSES):
    """Two convolutions with batch norm, and a classifier."""
    x = block(inputs, 8, "first")
    x = block(x, 16, "second", strides=2)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return layers.Dense(classes, activation=end, name="classifier")(x)


def before_the_end(model):
    """The same layers up to the logits."""
    last = model.layers[-1]
    if getattr(last, "activation", None) in (None, keras.activations.linear):
        return model
    logits = layers.Dense(last.units, name="logits", dtype=last.dtype_policy)
    result = keras.Model(model.inputs[0], logits(last.input))
    logits.set_weights(last.get_weights())
    return result


def vision_transformer(size=32, patch=8, width=32, heads=4, depth=2, token=True):
    inputs = keras.Input((size, size, 3))
    x = layers.Conv2D(width, patch, patch, name="patches")(inputs)
    count = (size // patch) ** 2
    x = layers.Reshape((count, width), name="sequence")(x)
    if token:
        x = ClassToken(name="class_token")(x)
        count += 1
    x = Positions(count, width, name="positions")(x)
    for i in range(depth):
        y = layers.LayerNormalization(epsilon=1e-6, name=f"block{i}_norm1")(x)
        y = layers.MultiHeadAttention(heads, width // heads, dropout=0.1, name=f"block{i}_attention")(y, y)
        x = layers.Add(name=f"block{i}_add1")([x, y])
        y = layers.LayerNormalization(epsilon=1e-6, name=f"block{i}_norm2")(x)
        y = layers.Dense(2 * width, activation="gelu", name=f"block{i}_dense1")(y)
        y = layers.Dropout(0.1, name=f"block{i}_dropout")(y)
        y = layers.Dense(width, name=f"block{i}_dense2")(y)
        x = layers.Add(name=f"block{i}_add2")([x, y])
    x = layers.LayerNormalization(epsilon=1e-6, name="norm")(x)
    x = x[:, 0] if token else layers.GlobalAveragePooling1D(name="pool")(x)
    return keras.Model(inputs, layers.Dense(CLASSES, name="head")(x))


class ClassToken(layers.Layer):
    def build(self, shape):
        self.token = self.add_weight(shape=(1, 1, shape[-1]), name="token")

    def call(self, x):
        token = keras.ops.broadcast_to(self.token, (keras.ops.shape(x)[0], 1, x.shape[-1]))
        return keras.ops.concatenate([token, x], axis=1)


class Positions(layers.Layer):
    def __init__(self, count, width, **options):
        super().__init__(**options)
        self.embedding = layers.Embedding(count, width, name="embedding")
        self.count = count

    def build(self, shape):
        self.embedding.build()

    def call(self, x):
        return x + self.embedding(keras.ops.arange(self.count))


def by_export(model, path):
    model.export(path, verbose=False)


def by_tensorflow(model, path):
    tf.saved_model.save(model, path)


def by_archive(model, path):
    """The endpoints that Keras' guide on ExportArchive shows: one to serve, one to go on training."""
    archive = keras.export.ExportArchive()
    archive.track(model)
    signature = [tf.TensorSpec((None, *model.input_shape[1:]), tf.float32)]
    archive.add_endpoint("serve", lambda x: model(x, training=False), signature)
    archive.add_endpoint("train", lambda x: model(x, training=True), signature)
    archive.write_out(path, verbose=False)


def record(root, name, writer, model, save, training=False, batch=None, seed=1, serves_training=False):
    """
    A model with one input and one output, and its gradients: with inference statistics, and where asked for with those of the batch.
    `serves_training` where those are what it serves.
    """
    randomize(model.weights, seed)
    result = Record(root, name, writer)
    batch = images(seed, *model.input_shape[1:]) if batch is None else batch
    settle(model, batch, seed)
    calm(model)
    reference = before_the_end(model)
    variables = [variable.value for variable in model.trainable_variables]
    logits = reference(batch, training=False).numpy()
    save(model, result.model)
    served = None
    if serves_training:
        before = model.get_weights()
        served = reference(batch, training=True).numpy()
        model.set_weights(before)
        result.note(servesTraining=True)
    result.signature("serve" if save is by_archive else "serving_default", batch, logits, served)
    result.trainable(
        model.trainable_variables,
        LABELS,
        gradients(lambda x: reference(x, training=False), [v.value for v in reference.trainable_variables], batch, LABELS),
        training
        and gradients(lambda x: reference(x, training=True), [v.value for v in reference.trainable_variables], batch, LABELS)
        or None,
    )
    result.write()


def mobilenet_v2(root, name):
    model = keras.applications.MobileNetV2((96, 96, 3), alpha=0.35, weights=None, classes=CLASSES)
    record(root, name, "Keras 3, model.export", model, by_export)


def efficientnet_b0(root, name):
    model = keras.applications.EfficientNetB0(weights=None, input_shape=(64, 64, 3), classes=CLASSES)
    record(root, name, "Keras 3, model.export", model, by_export, batch=255 * images(2, 64, 64, 3))


def resnet50(root, name):
    model = keras.applications.ResNet50(weights=None, input_shape=(64, 64, 3), classes=CLASSES, classifier_activation=None)
    record(root, name, "Keras 3, tf.saved_model.save", model, by_tensorflow, training=True)


def convnext_tiny(root, name):
    model = keras.applications.ConvNeXtTiny(weights=None, input_shape=(64, 64, 3), classes=CLASSES)
    record(root, name, "Keras 3, model.export", model, by_export, batch=255 * images(2, 64, 64, 3))


def vit(root, name):
    record(root, name, "Keras 3, model.export", vision_transformer(), by_export)


def vit_pooling(root, name):
    record(root, name, "Keras 3, tf.saved_model.save", vision_transformer(token=False), by_tensorflow)


def vit_archive(root, name):
    record(root, name, "Keras 3, ExportArchive: serve, train", vision_transformer(), by_archive)


def transfer(root, name):
    """A frozen base inside: its weights are not to be trained, and its batch norms keep to their averages in training."""
    base_input = keras.Input((16, 16, 3))
    base = keras.Model(base_input, block(block(base_input, 8, "first"), 16, "second", 2), name="base")
    base.trainable = False
    inputs = keras.Input((16, 16, 3))
    x = block(base(inputs), 16, "own")
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    model = keras.Model(inputs, layers.Dense(CLASSES, activation="softmax", name="classifier")(x))
    record(root, name, "Keras 3, model.export", model, by_export, training=True)


def dense_mix(root, name):
    """Dense with batch norm of rank 2, dropout, swish, a Lambda layer, group norm, a parametric activation."""
    inputs = keras.Input((16, 16, 3))
    x = layers.Lambda(lambda x: 2 * x - 1, name="scale")(inputs)
    x = layers.Conv2D(8, 3, padding="same", name="conv")(x)
    x = layers.GroupNormalization(4, name="group_norm")(x)
    x = layers.Activation("swish", name="conv_swish")(x)
    x = layers.MaxPooling2D(4, name="pool")(x)
    x = layers.Flatten(name="flat")(x)
    x = layers.Dense(24, use_bias=False, name="dense")(x)
    x = layers.BatchNormalization(momentum=0.9, name="dense_norm")(x)
    x = layers.PReLU(name="dense_prelu")(x)
    x = layers.Dropout(0.3, name="dropout")(x)
    model = keras.Model(inputs, layers.Dense(CLASSES, activation="softmax", name="classifier")(x))
    record(root, name, "Keras 3, model.export", model, by_export)


def small_functional(root, name):
    inputs = keras.Input((16, 16, 3))
    record(root, name, "Keras 3, tf.saved_model.save", keras.Model(inputs, small(inputs)), by_tensorflow, training=True)


def small_exported(root, name):
    inputs = keras.Input((16, 16, 3))
    record(root, name, "Keras 3, model.export", keras.Model(inputs, small(inputs)), by_export, training=True)


def small_archive(root, name):
    inputs = keras.Input((16, 16, 3))
    record(root, name, "Keras 3, ExportArchive: serve, train", keras.Model(inputs, small(inputs)), by_archive, training=True)


def train_layers(root, name):
    """A train endpoint that does what an inference graph cannot tell: dropout, noise and batch norm of rank 2."""
    inputs = keras.Input((16, 16, 3))
    x = block(inputs, 8, "first")
    x = layers.SpatialDropout2D(0.2, name="drop_maps")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.GaussianNoise(0.1, name="noise")(x)
    x = layers.Dense(16, name="dense")(x)
    x = layers.BatchNormalization(momentum=0.8, name="dense_norm")(x)
    x = layers.Dropout(0.5, name="dropout")(x)
    model = keras.Model(inputs, layers.Dense(CLASSES, name="classifier")(x))
    record(root, name, "Keras 3, ExportArchive: serve, train", model, by_archive)


def subclassed(root, name):
    class Classifier(keras.Model):
        def __init__(self):
            super().__init__()
            self.conv = layers.Conv2D(8, 3, padding="same", name="conv")
            self.norm = layers.BatchNormalization(name="norm")
            self.drop = layers.Dropout(0.3, name="drop")
            self.classifier = layers.Dense(CLASSES, name="classifier")

        def call(self, x, training=False):
            x = keras.ops.relu(self.norm(self.conv(x), training=training))
            return self.classifier(self.drop(keras.ops.mean(x, axis=(1, 2)), training=training))

    model = Classifier()
    batch = images(1, 16, 16, 3)
    model(batch)
    randomize(model.weights, 1)
    result = Record(root, name, "Keras 3, model.export of a subclass")
    model.export(result.model, verbose=False, input_signature=[keras.InputSpec("float32", (None, 16, 16, 3), name="pictures")])
    result.signature("serving_default", batch, model(batch, training=False).numpy())
    found = gradients(lambda x: model(x, training=False), [v.value for v in model.trainable_variables], batch, LABELS)
    result.trainable(model.trainable_variables, LABELS, found)
    result.write()


def of_policy(root, name, policy):
    """`mixed_float16` keeps float32 variables and computes in float16; `float16` and `bfloat16` keep their own."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        inputs = keras.Input((16, 16, 3), dtype="float32")
        model = keras.Model(inputs, small(inputs, end=None))
    finally:
        keras.config.set_dtype_policy(before)
    randomize(model.weights, 1)
    batch = images(1, 16, 16, 3)
    result = Record(root, name, f"Keras 3, model.export, policy {policy}")
    result.note(policy=policy)
    model.export(result.model, verbose=False)
    result.signature("serving_default", batch, model(batch, training=False).numpy())
    result.trainable(model.trainable_variables, LABELS)
    result.write()


def mixed_float16(root, name):
    of_policy(root, name, "mixed_float16")


def float16(root, name):
    of_policy(root, name, "float16")


def bfloat16(root, name):
    of_policy(root, name, "bfloat16")


def channels_first(root, name):
    """NCHW throughout, as Keras computes it."""
    keras.config.set_image_data_format("channels_first")
    try:
        inputs = keras.Input((3, 16, 16))
        x = layers.Conv2D(8, 3, padding="same", name="conv")(inputs)
        x = layers.BatchNormalization(axis=1, name="norm")(x)
        x = layers.Activation("relu", name="relu")(x)
        x = layers.GlobalAveragePooling2D(name="pool")(x)
        model = keras.Model(inputs, layers.Dense(CLASSES, activation="softmax", name="classifier")(x))
        record(root, name, "Keras 3, model.export, channels_first", model, by_export)
    finally:
        keras.config.set_image_data_format("channels_last")


def sigmoid(root, name):
    """Two classes by a single unit: logits are 0 and the unit before the sigmoid."""
    inputs = keras.Input((16, 16, 3))
    model = keras.Model(inputs, small(inputs, "sigmoid", classes=1))
    randomize(model.weights, 1)
    batch = images(1, 16, 16, 3)
    unit = before_the_end(model)(batch, training=False).numpy()
    result = Record(root, name, "Keras 3, model.export, one sigmoid unit")
    model.export(result.model, verbose=False)
    result.signature("serving_default", batch, np.concatenate([np.zeros_like(unit), unit], axis=1))
    result.trainable(model.trainable_variables, LABELS % 2)
    result.write()


def class_id(root, name):
    inputs = keras.Input((16, 16, 3))
    model = keras.Model(inputs, small(inputs))
    randomize(model.weights, 1)
    batch = images(1, 16, 16, 3)
    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint(
        "serve", lambda x: {"class": tf.argmax(model(x, training=False), axis=-1)}, [tf.TensorSpec((None, 16, 16, 3), tf.float32)]
    )
    result = Record(root, name, "Keras 3, ExportArchive, class id only")
    archive.write_out(result.model, verbose=False)
    result.signature("serve", batch, before_the_end(model)(batch, training=False).numpy())
    result.trainable(model.trainable_variables, LABELS)
    result.write()


def uint8(root, name):
    """Takes pixels and scales them itself."""
    inputs = keras.Input((16, 16, 3), dtype="uint8")
    x = layers.Rescaling(1 / 127.5, offset=-1, name="scale")(inputs)
    batch = images(1, 16, 16, 3, dtype=np.uint8)
    record(root, name, "Keras 3, model.export, uint8 input", keras.Model(inputs, small(x)), by_export, batch=batch)


def resizing(x):
    x = layers.Resizing(16, 16, name="resize")(x)
    return layers.Rescaling(1 / 255, name="scale")(x)


def preprocessing(root, name):
    """Resizes and rescales images of any size; served with training=False."""
    inputs = keras.Input((None, None, 3))
    model = keras.Model(inputs, small(resizing(inputs)))
    record(root, name, "Keras 3, ExportArchive, preprocessing inside", model, by_archive, batch=255 * images(1, 24, 20, 3))


def serves_batch_statistics(root, name):
    """
    The same by model.export. Image layers such as Resizing take training=True where nobody says otherwise, and the layers after them follow:
    Keras exports batch norm over the batch, moving its averages, as the program to serve. The logits recorded are those of inference.
    """
    inputs = keras.Input((None, None, 3))
    model = keras.Model(inputs, small(resizing(inputs)))
    batch = 255 * images(1, 24, 20, 3)
    writer = "Keras 3, model.export after Resizing: serves batch statistics"
    record(root, name, writer, model, by_export, training=True, batch=batch, serves_training=True)


def augmentation_left_on(root, name):
    """Keras 3 exports its augmentation layers switched on: two runs differ. The logits recorded are those without."""
    inputs = keras.Input((16, 16, 3))
    x = layers.RandomFlip("horizontal", seed=3, name="flip")(inputs)
    x = layers.RandomRotation(0.1, seed=4, name="rotate")(x)
    x = layers.RandomContrast(0.2, value_range=(0, 1), seed=5, name="contrast")(x)
    x = layers.GaussianNoise(0.1, seed=6, name="noise")(x, training=True)
    model = keras.Model(inputs, small(x))
    randomize(model.weights, 1)
    plain = keras.Input((16, 16, 3))
    reference = keras.Model(plain, small(plain, end=None))
    reference.set_weights([w for w in model.get_weights() if w.dtype == np.float32])
    batch = images(1, 16, 16, 3)
    result = Record(root, name, "Keras 3, model.export, augmentation left on in inference")
    model.export(result.model, verbose=False)
    result.signature("serving_default", batch, reference(batch, training=False).numpy())
    result.note(random=True)
    result.trainable(model.trainable_variables, LABELS)
    result.write()


def fixed_batch(root, name):
    inputs = keras.Input((16, 16, 3), batch_size=BATCH)
    record(root, name, "Keras 3, model.export, batch of 4", keras.Model(inputs, small(inputs)), by_export)


def two_outputs(root, name):
    """Two classifiers over one trunk; neither output is named `logits`."""
    inputs = keras.Input((16, 16, 3))
    x = block(inputs, 8, "first")
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    fine = layers.Dense(CLASSES, name="fine")(x)
    coarse = layers.Dense(3, name="coarse")(x)
    model = keras.Model(inputs, {"coarse": coarse, "fine": fine})
    randomize(model.weights, 1)
    batch = images(1, 16, 16, 3)
    result = Record(root, name, "Keras 3, model.export, two outputs")
    model.export(result.model, verbose=False)
    result.signature("serving_default", batch, model(batch, training=False)["fine"].numpy())
    result.settings(output="fine")
    result.trainable(model.trainable_variables, LABELS)
    result.write()


def two_inputs(root, name):
    """An image and a vector that has to be fed as well, of which the card says what."""
    pictures = keras.Input((16, 16, 3), name="pictures")
    place = keras.Input((2,), name="place")
    x = block(pictures, 8, "first")
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Concatenate(name="both")([x, place])
    model = keras.Model({"pictures": pictures, "place": place}, layers.Dense(CLASSES, name="classifier")(x))
    randomize(model.weights, 1)
    batch = images(1, 16, 16, 3)
    where = np.full((BATCH, 2), .75, np.float32)
    result = Record(root, name, "Keras 3, model.export, two inputs")
    model.export(result.model, verbose=False)
    result.signature("serving_default", batch, model({"pictures": batch, "place": where}, training=False).numpy(), place=where)
    result.settings(input={"others": {"place": .75}})
    variables = [variable.value for variable in model.trainable_variables]
    result.trainable(
        model.trainable_variables,
        LABELS,
        *(
            gradients(lambda x: model({"pictures": x, "place": tf.constant(where)}, training=training), variables, batch, LABELS)
            for training in (False, True)
        ),
    )
    result.write()


MODELS = {
    "keras3-mobilenetv2": mobilenet_v2,
    "keras3-efficientnetb0": efficientnet_b0,
    "keras3-resnet50": resnet50,
    "keras3-convnexttiny": convnext_tiny,
    "keras3-vit": vit,
    "keras3-vit-pooling": vit_pooling,
    "keras3-vit-archive": vit_archive,
    "keras3-transfer": transfer,
    "keras3-dense-mix": dense_mix,
    "keras3-small": small_exported,
    "keras3-small-tensorflow": small_functional,
    "keras3-small-archive": small_archive,
    "keras3-train-layers": train_layers,
    "keras3-subclass": subclassed,
    "keras3-mixed-float16": mixed_float16,
    "keras3-float16": float16,
    "keras3-bfloat16": bfloat16,
    "keras3-channels-first": channels_first,
    "keras3-sigmoid": sigmoid,
    "keras3-class-id": class_id,
    "keras3-uint8": uint8,
    "keras3-preprocessing": preprocessing,
    "keras3-serves-batch-statistics": serves_batch_statistics,
    "keras3-augmentation": augmentation_left_on,
    "keras3-fixed-batch": fixed_batch,
    "keras3-two-outputs": two_outputs,
    "keras3-two-inputs": two_inputs,
}
