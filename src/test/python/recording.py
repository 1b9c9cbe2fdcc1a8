"""What Python TensorFlow says of a model, written beside it for the tests in Java.

NAME/model/          the SavedModel
NAME/recorded.json   the record: signature, tensors, variables; see `Record.write`
NAME/*.bin           tensors, raw and little-endian in row-major order
"""

import json
import pathlib
import shutil

import numpy as np
import tensorflow as tf

BATCH = 4
LARGEST_SAMPLE = 1000


def images(seed, *shape, dtype=np.float32):
    """Noise in [0, 1], each image of another brightness and contrast in each channel; pixels from 0 to 255 where the type is uint8."""
    generator = np.random.default_rng(seed)
    one_a_channel = (BATCH, *(1 if size > 3 else size for size in shape))
    contrast = generator.uniform(0.1, 1, one_a_channel)
    drawn = contrast * generator.random((BATCH, *shape)) + (1 - contrast) * generator.random(one_a_channel)
    return np.round(255 * drawn).astype(dtype) if dtype == np.uint8 else drawn.astype(dtype)


def randomize(variables, seed):
    """Replaces what initializers leave at 0 or 1, so that no weight can be left out unnoticed. Variances and gammas stay positive."""
    generator = np.random.default_rng(seed)
    for variable in variables:
        shape = tuple(variable.shape)
        path = getattr(variable, "path", variable.name).lower()
        name = path.split("/")[-1].split(":")[0]
        if not tf.as_dtype(variable.dtype).is_floating:
            continue
        if "variance" in name or "gamma" in name or ("norm" in path and name == "scale"):
            variable.assign(generator.uniform(0.5, 1.5, shape).astype(np.float32))
        elif name in ("bias", "beta") or "mean" in name or "token" in name:
            variable.assign(generator.normal(0, 0.1, shape).astype(np.float32))
        elif np.ptp(np.asarray(variable).astype(np.float32)) == 0:
            variable.assign(generator.normal(0, 0.1, shape).astype(np.float32))


def settle(model, batch, seed):
    """Moving statistics near those of the batch: with any others the images are lost on their way through a deep model."""
    for layer in model.layers:
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()  # a Normalization layer computes with a copy of its variables
    generator = np.random.default_rng(seed)
    norms = [layer for layer in model._flatten_layers() if hasattr(layer, "moving_variance")]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 0.0
    model(tf.constant(batch), training=True)
    for norm, momentum in zip(norms, momenta):
        norm.momentum = momentum
        variance = np.asarray(norm.moving_variance)
        deviation = np.sqrt(np.maximum(variance, variance.mean()))  # a channel that hardly varies would magnify rounding
        norm.moving_mean.assign_add(0.1 * deviation * generator.normal(0, 1, deviation.shape).astype(np.float32))
        norm.moving_variance.assign(deviation**2 * generator.uniform(0.8, 1.25, deviation.shape).astype(np.float32))


def calm(model):
    """Lowers the gamma that ends each branch of a ResNet-50: its sums of many strong branches magnify rounding a hundredfold."""
    for layer in model.layers:
        if layer.name.endswith("_3_bn"):
            layer.gamma.assign(0.2 * layer.gamma)


def gradients(call, variables, batch, labels):
    """Of the mean cross-entropy of `call(batch)`, which gives logits, with the labels."""
    with tf.GradientTape() as tape:
        logits = tf.cast(call(tf.constant(batch)), tf.float32)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))
    return tape.gradient(loss, variables, unconnected_gradients=tf.UnconnectedGradients.ZERO)


def sample(values):
    """At most LARGEST_SAMPLE of the values, evenly spread; Java takes the same ones."""
    flat = np.asarray(values).reshape(-1)
    step = -(-flat.size // LARGEST_SAMPLE)
    return flat[::step]


def softmax(logits):
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


KINDS = {
    "logits": lambda logits: logits,
    "softmax": softmax,
    "log_softmax": lambda logits: np.log(softmax(logits)),
    "argmax": lambda logits: logits.argmax(-1),
    "max_softmax": lambda logits: softmax(logits).max(-1),
    "sigmoid": lambda logits: softmax(logits)[:, 1:],
    "sigmoid_vector": lambda logits: softmax(logits)[:, 1],
}


def kind(values, logits):
    """What an output is of the logits; "other" where it is nothing of them."""
    for name, make in KINDS.items():
        expected = make(np.asarray(logits, np.float64))
        if values.shape == expected.shape and np.allclose(values.astype(np.float64), expected, 1e-2, 1e-3):
            return name
    return "other"


class Record:
    """Gathers what is known of one model and writes it."""

    def __init__(self, root, name, writer):
        self.directory = pathlib.Path(root) / name
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        self.model = str(self.directory / "model")
        self.json = {
            "writer": writer,
            "tags": ["serve"],
            "signature": "serving_default",
            "input": None,
            "others": {},
            "outputs": {},
            "logits": None,
            "trainable": [],
        }

    def tensor(self, name, values):
        """Writes a tensor to a file of its own; returns how the record names it."""
        values = np.asarray(values)
        if values.dtype not in (np.uint8, np.int32, np.int64):
            values = values.astype(np.float32)
        file = f"{name}.bin"
        values.astype(values.dtype.newbyteorder("<")).tofile(self.directory / file)
        return {"file": file, "dtype": values.dtype.name, "shape": list(values.shape)}

    def input(self, name, values):
        self.json["input"] = {"name": name, **self.tensor("input", values)}

    def others(self, **others):
        """What has to be fed beside the images."""
        self.json["others"] = {name: self.tensor(f"input-{name}", value) for name, value in others.items()}

    def settings(self, **settings):
        """What a user has to say of the model, in the file in which the program keeps it."""
        extra = pathlib.Path(self.model) / "assets.extra"
        extra.mkdir()
        (extra / "sckd.json").write_text(json.dumps({"origin": "made for a test", "sha256": "", **settings}))

    def outputs(self, outputs, logits, served=None):
        """`logits` as a reference that does not go through the saved model computes them; `served` where its outputs are of others."""
        for name, values in outputs.items():
            values = np.asarray(values)
            if values.dtype.kind in "OSU":
                continue
            self.json["outputs"][name] = {"kind": kind(values, logits if served is None else served), **self.tensor(f"output-{name}", values)}
        self.json["logits"] = self.tensor("logits", logits)

    def signature(self, signature, batch, logits, served=None, **others):
        """Runs a signature of the model as Python loads it from the disk; see `outputs`."""
        loaded = tf.saved_model.load(self.model, tags=self.json["tags"])
        function = loaded.signatures[signature]
        names = [name for name in function.structured_input_signature[1] if name not in others]
        self.json["signature"] = signature
        self.input(names[0], batch)
        self.others(**others)
        fed = {names[0]: tf.constant(batch), **{name: tf.constant(value) for name, value in others.items()}}
        self.outputs({name: value.numpy() for name, value in function(**fed).items()}, logits, served)

    def trainable(self, variables, labels=None, gradients=None, training_gradients=None):
        """The trainable variables, each with all keys of the checkpoint that hold its value, which no other variable has."""
        self.json["labels"] = [int(label) for label in labels] if labels is not None else []
        keys = self._keys_by_value()
        for i, variable in enumerate(variables):
            value = np.asarray(variable)
            entry = {
                "name": getattr(variable, "path", variable.name),
                "shape": list(value.shape),
                "keys": getattr(variable, "keys", None) or keys.get(value.tobytes(), []),
            }
            assert entry["keys"], f"{self.directory}: no key holds {entry['name']}"
            if gradients is not None:
                entry["gradient"] = self._gradient(f"gradient-{i}", gradients[i])
            if training_gradients is not None:
                entry["trainingGradient"] = self._gradient(f"training-gradient-{i}", training_gradients[i])
            self.json["trainable"].append(entry)

    def _gradient(self, name, gradient):
        gradient = np.asarray(tf.convert_to_tensor(gradient)).astype(np.float32)
        return {"norm": float(np.linalg.norm(gradient.astype(np.float64))), "sample": self.tensor(name, sample(gradient))}

    def _keys_by_value(self):
        keys = {}
        reader = tf.train.load_checkpoint(f"{self.model}/variables/variables")
        for key in reader.get_variable_to_dtype_map():
            value = reader.get_tensor(key)
            if isinstance(value, np.ndarray):
                keys.setdefault(value.tobytes(), []).append(key)
        return {value: sorted(names) for value, names in keys.items()}

    def note(self, **more):
        self.json.update(more)

    def write(self):
        with open(self.directory / "recorded.json", "w") as file:
            json.dump(self.json, file, indent=1)
