"""Classifiers as Keras 2 writes them: `model.save(path, save_format="tf")`."""

import numpy as np
import tensorflow as tf
import tf_keras
from tf_keras import layers

from recording import BATCH, Record, calm, gradients, images, randomize, settle

CLASSES = 10
LABELS = np.arange(BATCH) * 3 % CLASSES


def block(x, channels, name, strides=1):
    x = layers.Conv2D(channels, 3, strides, padding="same", use_bias=False, name=f"{name}_conv")(x)
    x = layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(x)
    return layers.Activation("relu", name=f"{name}_relu")(x)


def before_the_end(model):
    """The same layers up to the logits."""
    last = model.layers[-1]
    if getattr(last, "activation", None) in (None, tf_keras.activations.linear):
        return model
    logits = layers.Dense(last.units, name="logits")
    result = tf_keras.Model(model.inputs, logits(last.input))
    logits.set_weights(last.get_weights())
    return result


def record(root, name, model, training=False, batch=None, seed=1, writer="Keras 2, model.save"):
    randomize(model.weights, seed)
    batch = images(seed, *model.input_shape[1:]) if batch is None else batch
    settle(model, batch, seed)
    calm(model)
    result = Record(root, name, writer)
    model.save(result.model, save_format="tf")
    reference = before_the_end(model)
    result.signature("serving_default", batch, reference(batch, training=False).numpy())
    variables = reference.trainable_variables
    found = gradients(lambda x: reference(x, training=False), variables, batch, LABELS)
    found_in_training = gradients(lambda x: reference(x, training=True), variables, batch, LABELS) if training else None
    result.trainable(model.trainable_variables, LABELS, found, found_in_training)
    result.write()


def fit_once(model, batch):
    """One step, so that the optimizer's slots are in the checkpoint; with rate 0, which leaves the weights as they are."""
    model.compile(tf_keras.optimizers.Adam(0.0), tf_keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    randomize(model.weights, 1)
    model.fit(batch, LABELS, batch_size=BATCH, verbose=0)


def mobilenet_v2(root, name):
    record(root, name, tf_keras.applications.MobileNetV2((96, 96, 3), alpha=0.35, weights=None, classes=CLASSES))


def efficientnet_b0(root, name):
    model = tf_keras.applications.EfficientNetB0(weights=None, input_shape=(64, 64, 3), classes=CLASSES)
    record(root, name, model, batch=255 * images(2, 64, 64, 3))


def resnet50(root, name):
    model = tf_keras.applications.ResNet50(
        weights=None, input_shape=(64, 64, 3), classes=CLASSES, classifier_activation=None
    )
    record(root, name, model, training=True)


def vit(root, name):
    size, patch, width, heads = 32, 8, 32, 4
    inputs = tf_keras.Input((size, size, 3))
    x = layers.Conv2D(width, patch, patch, name="patches")(inputs)
    x = layers.Reshape(((size // patch) ** 2, width), name="sequence")(x)
    for i in range(2):
        y = layers.LayerNormalization(epsilon=1e-6, name=f"block{i}_norm1")(x)
        y = layers.MultiHeadAttention(heads, width // heads, dropout=0.1, name=f"block{i}_attention")(y, y)
        x = layers.Add(name=f"block{i}_add1")([x, y])
        y = layers.LayerNormalization(epsilon=1e-6, name=f"block{i}_norm2")(x)
        y = layers.Dense(2 * width, activation="gelu", name=f"block{i}_dense1")(y)
        y = layers.Dense(width, name=f"block{i}_dense2")(y)
        x = layers.Add(name=f"block{i}_add2")([x, y])
    x = layers.LayerNormalization(epsilon=1e-6, name="norm")(x)
    x = layers.GlobalAveragePooling1D(name="pool")(x)
    record(root, name, tf_keras.Model(inputs, layers.Dense(CLASSES, name="head")(x)))


def dense_mix(root, name):
    inputs = tf_keras.Input((16, 16, 3))
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
    record(root, name, tf_keras.Model(inputs, layers.Dense(CLASSES, activation="softmax", name="classifier")(x)))


def sequential_with_slots(root, name):
    model = tf_keras.Sequential(
        [
            layers.Conv2D(8, 3, activation="relu", input_shape=(16, 16, 3), name="conv"),
            layers.BatchNormalization(name="norm"),
            layers.GlobalAveragePooling2D(name="pool"),
            layers.Dropout(0.2, name="drop"),
            layers.Dense(CLASSES, name="classifier"),
        ]
    )
    batch = images(1, 16, 16, 3)
    fit_once(model, batch)
    record(root, name, model, batch=batch, writer="Keras 2, model.save after fit: Adam's slots in the checkpoint")


def subclassed(root, name):
    class Classifier(tf_keras.Model):
        def __init__(self):
            super().__init__()
            self.conv = layers.Conv2D(8, 3, padding="same", name="conv")
            self.norm = layers.BatchNormalization(name="norm")
            self.drop = layers.Dropout(0.3, name="drop")
            self.classifier = layers.Dense(CLASSES, activation="softmax", name="classifier")

        def features(self, x, training=False):
            x = tf.nn.relu(self.norm(self.conv(x), training=training))
            return self.drop(tf.reduce_mean(x, axis=(1, 2)), training=training)

        def call(self, x, training=False):
            return self.classifier(self.features(x, training))

    model = Classifier()
    batch = images(1, 16, 16, 3)
    model(batch)
    model.predict(batch, verbose=0)
    randomize(model.weights, 1)

    def logits(x):
        return tf.matmul(model.features(x), model.classifier.kernel) + model.classifier.bias

    result = Record(root, name, "Keras 2, model.save of a subclass")
    model.save(result.model, save_format="tf")
    result.signature("serving_default", batch, logits(batch).numpy())
    result.trainable(model.trainable_variables, LABELS, gradients(logits, model.trainable_variables, batch, LABELS))
    result.write()


def transfer(root, name):
    """A frozen base inside, as in transfer learning: its weights are not to be trained."""
    base_input = tf_keras.Input((16, 16, 3))
    base = tf_keras.Model(base_input, block(block(base_input, 8, "first"), 16, "second", 2), name="base")
    base.trainable = False
    inputs = tf_keras.Input((16, 16, 3))
    x = layers.GlobalAveragePooling2D(name="pool")(base(inputs, training=False))
    model = tf_keras.Model(inputs, layers.Dense(CLASSES, activation="softmax", name="classifier")(x))
    record(root, name, model, training=True)


MODELS = {
    "keras2-mobilenetv2": mobilenet_v2,
    "keras2-efficientnetb0": efficientnet_b0,
    "keras2-resnet50": resnet50,
    "keras2-vit": vit,
    "keras2-dense-mix": dense_mix,
    "keras2-slots": sequential_with_slots,
    "keras2-subclass": subclassed,
    "keras2-transfer": transfer,
}
