"""Classifiers as a `tf.Module` with signatures of its own, saved by `tf.saved_model.save`."""

import numpy as np
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from recording import BATCH, Record, gradients, images

CLASSES = 10
LABELS = np.arange(BATCH) * 3 % CLASSES
IMAGES = tf.TensorSpec((None, 16, 16, 3), tf.float32, name="images")


class Network(tf.Module):
    """A convolution with batch norm, a hidden layer with batch norm of rank 2, a classifier; raw variables of any float type."""

    def __init__(self, dtype=tf.float32, data_format="NHWC"):
        super().__init__("network")
        draw = np.random.default_rng(1)

        def variable(name, *shape, low=None, trainable=True):
            value = draw.normal(0, 0.3, shape) if low is None else draw.uniform(low, low + 1, shape)
            return tf.Variable(value.astype(np.float32).astype(dtype.as_numpy_dtype), name=name, trainable=trainable)

        self.dtype, self.data_format = dtype, data_format
        self.kernel = variable("conv_kernel", 3, 3, 3, 8)
        self.conv_norm = [variable("conv_gamma", 8, low=0.5), variable("conv_beta", 8)]
        self.conv_moments = [variable("conv_mean", 8, trainable=False), variable("conv_variance", 8, low=0.5, trainable=False)]
        self.hidden = variable("hidden_weights", 8, 16)
        self.hidden_norm = [variable("hidden_gamma", 16, low=0.5), variable("hidden_beta", 16)]
        self.hidden_moments = [
            variable("hidden_mean", 16, trainable=False),
            variable("hidden_variance", 16, low=0.5, trainable=False),
        ]
        self.out = variable("out_weights", 16, CLASSES)
        self.out_bias = variable("out_bias", CLASSES)

    def normalize(self, x, norm, moments, training):
        gamma, beta = norm
        mean, variance = moments
        if training:
            batch_mean, batch_variance = tf.nn.moments(x, list(range(len(x.shape) - 1)))
            mean.assign(0.9 * mean + 0.1 * batch_mean)
            variance.assign(0.9 * variance + 0.1 * batch_variance)
            mean, variance = batch_mean, batch_variance
        return tf.nn.batch_normalization(x, mean, variance, beta, gamma, 1e-3)

    def logits(self, x, training=False):
        x = tf.cast(x, self.dtype)
        x = tf.nn.conv2d(x, self.kernel, 1, "SAME")
        x = tf.nn.relu(self.normalize(x, self.conv_norm, self.conv_moments, training))
        x = tf.reduce_mean(x, (1, 2))
        x = tf.nn.relu(self.normalize(tf.matmul(x, self.hidden), self.hidden_norm, self.hidden_moments, training))
        return tf.matmul(x, self.out) + self.out_bias


def record(root, name, writer, module, signatures, signature, batch=None, call=None, settings=None):
    batch = images(1, 16, 16, 3) if batch is None else batch
    call = call or module.logits
    result = Record(root, name, writer)
    tf.saved_model.save(module, result.model, signatures=signatures)
    result.signature(signature, batch, tf.cast(call(tf.constant(batch)), tf.float32).numpy())
    variables = module.trainable_variables
    result.trainable(variables, LABELS, gradients(call, variables, batch, LABELS))
    if settings:
        result.settings(**settings)
    result.write()


def function(call, *specs):
    return tf.function(call).get_concrete_function(*specs)


def own_signatures(root, name):
    """`infer` and `fit`, and no serving_default; the train step has another input and moves the averages."""
    module = Network()

    def infer(images):
        return {"logits": module.logits(images), "probabilities": tf.nn.softmax(module.logits(images))}

    def fit(images, labels):
        with tf.GradientTape() as tape:
            logits = module.logits(images, training=True)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))
        for variable, gradient in zip(module.trainable_variables, tape.gradient(loss, module.trainable_variables)):
            variable.assign_sub(0.01 * gradient)
        return {"loss": loss}

    signatures = {
        "infer": function(infer, IMAGES),
        "fit": function(fit, IMAGES, tf.TensorSpec((None,), tf.int32, name="labels")),
    }
    record(root, name, "tf.Module, signatures infer and fit", module, signatures, "infer")


def train_signature(root, name):
    """`serve` and `train` from images to logits; `train` uses the batch's statistics and moves the averages."""
    module = Network()
    module.serve = tf.function(lambda images: {"logits": module.logits(images)})
    module.train = tf.function(lambda images: {"logits": module.logits(images, training=True)})
    signatures = {"serve": module.serve.get_concrete_function(IMAGES), "train": module.train.get_concrete_function(IMAGES)}
    record(root, name, "tf.Module, signatures serve and train", module, signatures, "serve")


def several_signatures(root, name):
    """Images to an embedding, to probabilities, to a class id, and from pixels; which one is meant has to be said."""
    module = Network()
    pixels = tf.TensorSpec((None, 16, 16, 3), tf.uint8, name="pixels")
    signatures = {
        "classify": function(lambda images: {"classes": tf.argmax(module.logits(images), -1)}, IMAGES),
        "embed": function(lambda images: {"embedding": tf.nn.relu(tf.reduce_mean(tf.nn.conv2d(images, module.kernel, 1, "SAME"), (1, 2)))}, IMAGES),
        "probabilities": function(lambda images: {"probabilities": tf.nn.softmax(module.logits(images))}, IMAGES),
        "predict_pixels": function(
            lambda pixels: {"scores": module.logits(tf.cast(pixels, tf.float32) / 255)}, pixels
        ),
    }
    record(
        root, name, "tf.Module, four signatures", module, signatures, "probabilities", settings={"signature": "probabilities"}
    )


def features_signature(root, name):
    module = Network()

    def serve(images):
        return {"logits": module.logits(images)}

    def features(images):
        maps = tf.nn.relu(tf.nn.conv2d(images, module.kernel, 1, "SAME"))
        return {"maps": maps, "pooled": tf.reduce_mean(maps, (1, 2))}

    signatures = {"serving_default": function(serve, IMAGES), "features": function(features, IMAGES)}
    record(root, name, "tf.Module, signatures serving_default and features", module, signatures, "serving_default")


def half(root, name, dtype):
    module = Network(dtype)
    module.serve = tf.function(lambda images: {"logits": tf.cast(module.logits(images), tf.float32)})
    result = Record(root, name, f"tf.Module, {dtype.name} variables")
    batch = images(1, 16, 16, 3)
    tf.saved_model.save(module, result.model, signatures=module.serve.get_concrete_function(IMAGES))
    result.signature("serving_default", batch, tf.cast(module.logits(batch), tf.float32).numpy())
    result.note(policy=dtype.name)
    result.trainable(module.trainable_variables, LABELS)
    result.write()


def float16(root, name):
    half(root, name, tf.float16)


def bfloat16(root, name):
    half(root, name, tf.bfloat16)


def float64(root, name):
    half(root, name, tf.float64)


def channels_first(root, name):
    """Takes NCHW and turns it: the sizes alone tell the layout."""
    module = Network()

    def serve(images):
        return module.logits(tf.transpose(images, (0, 2, 3, 1)))

    spec = tf.TensorSpec((None, 3, 16, 16), tf.float32, name="images")
    record(root, name, "tf.Module, NCHW", module, function(serve, spec), "serving_default", images(1, 3, 16, 16), serve)


def uint8(root, name):
    module = Network()

    def serve(pixels):
        return module.logits((tf.cast(pixels, tf.float32) - 127.5) / 127.5)

    spec = tf.TensorSpec((None, 16, 16, 3), tf.uint8, name="pixels")
    batch = images(1, 16, 16, 3, dtype=np.uint8)
    record(root, name, "tf.Module, uint8 input", module, function(serve, spec), "serving_default", batch, serve)


def class_names(root, name):
    """A table turns class ids into names: its initializer has to run before the signature can."""
    module = Network()
    names = tf.lookup.KeyValueTensorInitializer(tf.range(CLASSES, dtype=tf.int64), [f"class {i}" for i in range(CLASSES)])
    module.names = tf.lookup.StaticHashTable(names, "?")

    def serve(images):
        logits = module.logits(images)
        return {"scores": tf.nn.softmax(logits), "names": module.names.lookup(tf.argmax(logits, -1))}

    record(root, name, "tf.Module, a table of class names", module, function(serve, IMAGES), "serving_default")


def constants(root, name):
    """No variables: the weights stand in the graph, as conversions from other formats have them."""
    module = Network()
    traced = function(lambda images: {"logits": module.logits(images)}, IMAGES)
    frozen = convert_variables_to_constants_v2(traced)
    holder = tf.Module()
    holder.serve = tf.function(lambda images: {"logits": frozen(images)[0]})
    batch = images(1, 16, 16, 3)
    result = Record(root, name, "tf.Module, weights as constants")
    tf.saved_model.save(holder, result.model, signatures=holder.serve.get_concrete_function(IMAGES))
    result.signature("serving_default", batch, module.logits(batch).numpy())
    result.trainable([], LABELS)
    result.write()


def sigmoid(root, name):
    """One unit behind a sigmoid, of shape [batch]."""
    module = Network()
    module.out, module.out_bias = tf.Variable(module.out[:, :1], name="unit"), tf.Variable(module.out_bias[:1], name="unit_bias")

    def serve(images):
        return {"probability": tf.sigmoid(module.logits(images)[:, 0])}

    batch = images(1, 16, 16, 3)
    unit = module.logits(batch).numpy()
    result = Record(root, name, "tf.Module, one sigmoid unit of rank 1")
    tf.saved_model.save(module, result.model, signatures=function(serve, IMAGES))
    result.signature("serving_default", batch, np.concatenate([np.zeros_like(unit), unit], axis=1))
    result.trainable(module.trainable_variables, LABELS % 2)
    result.write()


def class_id(root, name):
    module = Network()

    def serve(images):
        probabilities = tf.nn.softmax(module.logits(images))
        return {"class": tf.argmax(probabilities, -1, tf.int32), "confidence": tf.reduce_max(probabilities, -1)}

    record(root, name, "tf.Module, class id and its confidence", module, function(serve, IMAGES), "serving_default")


def log_probabilities(root, name):
    module = Network()

    def serve(images):
        return {"scores": tf.nn.log_softmax(module.logits(images))}

    record(root, name, "tf.Module, log-softmax", module, function(serve, IMAGES), "serving_default")


def manual_softmax(root, name):
    """Softmax written out, at a temperature."""
    module = Network()

    def serve(images):
        powers = tf.exp(module.logits(images) - tf.reduce_max(module.logits(images), -1, keepdims=True))
        return {"scores": powers / tf.reduce_sum(powers, -1, keepdims=True)}

    record(root, name, "tf.Module, softmax written out", module, function(serve, IMAGES), "serving_default")


def control_flow(root, name):
    """A tf.cond and a loop of known length on the path."""
    module = Network()

    def serve(images):
        x = tf.cond(tf.reduce_max(images) > 2.0, lambda: images / 255, lambda: images)
        return {"logits": module.logits(x)}

    record(root, name, "tf.Module, tf.cond on the path", module, function(serve, IMAGES), "serving_default")


def einsum_attention(root, name):
    """Attention by einsum over patches, with a layer norm written out."""
    draw = np.random.default_rng(1)

    def variable(label, *shape):
        return tf.Variable(draw.normal(0, 0.3, shape).astype(np.float32), name=label)

    module = tf.Module("attention")
    module.patches = variable("patches", 4 * 4 * 3, 16)
    module.token = variable("token", 1, 1, 16)
    module.scale, module.offset = variable("norm_scale", 16), variable("norm_offset", 16)
    module.query, module.key, module.value = (variable(label, 16, 2, 8) for label in ("query", "key", "value"))
    module.join = variable("join", 2, 8, 16)
    module.head, module.bias = variable("head", 16, CLASSES), variable("head_bias", CLASSES)

    def logits(images):
        x = tf.image.extract_patches(images, [1, 4, 4, 1], [1, 4, 4, 1], [1, 1, 1, 1], "VALID")
        x = tf.reshape(x, (tf.shape(x)[0], -1, 48)) @ module.patches
        x = tf.concat([tf.tile(module.token, (tf.shape(x)[0], 1, 1)), x], 1)
        mean, variance = tf.nn.moments(x, [-1], keepdims=True)
        y = (x - mean) * tf.math.rsqrt(variance + 1e-6) * module.scale + module.offset
        q, k, v = (tf.einsum("btc,chd->bthd", y, part) for part in (module.query, module.key, module.value))
        weights = tf.nn.softmax(tf.einsum("bqhd,bkhd->bhqk", q, k) / np.sqrt(8).astype(np.float32))
        x = x + tf.einsum("bhqk,bkhd,hdc->bqc", weights, v, module.join)
        return x[:, 0] @ module.head + module.bias

    record(root, name, "tf.Module, attention by einsum", module, function(logits, IMAGES), "serving_default", call=logits)


def shared_weights(root, name):
    """One kernel used twice, and two objects for one variable."""
    module = Network()
    module.also = module.out
    module.square = tf.Variable(np.random.default_rng(3).normal(0, 0.2, (3, 3, 3, 3)).astype(np.float32), name="square")

    def logits(images):
        x = tf.nn.conv2d(images, module.square, 1, "SAME")
        return module.logits(tf.nn.conv2d(tf.nn.tanh(x), module.square, 1, "SAME"))

    record(root, name, "tf.Module, a kernel used twice", module, function(logits, IMAGES), "serving_default", call=logits)


MODELS = {
    "module-own-signatures": own_signatures,
    "module-train-signature": train_signature,
    "module-several-signatures": several_signatures,
    "module-features": features_signature,
    "module-float16": float16,
    "module-bfloat16": bfloat16,
    "module-float64": float64,
    "module-channels-first": channels_first,
    "module-uint8": uint8,
    "module-class-names": class_names,
    "module-constants": constants,
    "module-sigmoid": sigmoid,
    "module-class-id": class_id,
    "module-log-softmax": log_probabilities,
    "module-written-softmax": manual_softmax,
    "module-cond": control_flow,
    "module-attention": einsum_attention,
    "module-shared-weights": shared_weights,
}
