"""Loads exported students by every loader that Python has and compares what they compute with the training's logits.

usage: check_exports.py DIRECTORY...
  DIRECTORY  of one student: export.json, the tensors that it names, and the models; results.json is written there

results.json holds for each check "ok" or what is wrong; a check that does not apply, or that the original does not pass either, says why.
"""

import json
import os
import pathlib
import sys
import time
import traceback

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
import keras
import numpy as np
import tensorflow as tf
import tf_keras
from tensorflow.core.protobuf import saved_model_pb2

from recording import KINDS

v1 = tf.compat.v1
TOLERANCE = 1e-5
tf.get_logger().setLevel("ERROR")


class Student:
    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        described = json.loads((self.directory / "export.json").read_text())
        self.original, self.exported = described["original"], described["exported"]
        self.tags, self.signature, self.kinds = described["tags"], described["signature"], described["outputs"]
        self.writer = described["writer"]
        self.input_name = described["input"]["name"]
        self.images = self.read(described["input"])
        self.others = {name: self.read(tensor) for name, tensor in described["others"].items()}
        logits = self.read(described["logits"]).astype(np.float64)
        self.expected = {name: KINDS[kind](logits) for name, kind in self.kinds.items() if kind != "other"}
        self.loaded = {}

    def read(self, tensor):
        dtype = np.dtype(tensor["dtype"]).newbyteorder("<")
        return np.fromfile(self.directory / tensor["file"], dtype).reshape(tensor["shape"]).astype(tensor["dtype"])

    def load(self, path):
        """By Python's loader, once."""
        if path not in self.loaded:
            self.loaded[path] = tf.saved_model.load(path, tags=self.tags)
        return self.loaded[path]

    def fed(self):
        return {self.input_name: self.images, **self.others}

    def compare(self, outputs):
        """Every output that is known of, by name; where a loader keeps no names, the only one."""
        if not self.expected:
            raise Inapplicable("no output follows from the logits: they are random")
        if not isinstance(outputs, dict):
            (name,) = self.expected
            outputs = {name: outputs}
        assert self.expected.keys() <= outputs.keys(), f"outputs are {sorted(outputs)}; expected {sorted(self.expected)}"
        for name, expected in self.expected.items():
            actual = np.asarray(outputs[name], np.float64)
            assert actual.shape == expected.shape, f"{name} is {actual.shape}; expected {expected.shape}"
            difference = np.abs(actual - expected).max() / np.abs(expected).max()
            assert difference <= TOLERANCE, f"{name} is off by {difference:.1e} of its largest value"


def signature(student, path):
    function = student.load(path).signatures[student.signature]
    return function(**{name: tf.constant(value) for name, value in student.fed().items()})


def own_call(student, path):
    """As its author calls it; Keras' own objects read another copy of the weights than their signatures."""
    loaded = student.load(path)
    call = getattr(loaded, "serve", None) or (loaded if callable(loaded) else None)
    if call is None:
        raise Inapplicable("the object has no call of its own")
    if student.others:
        raise Inapplicable("the order of several inputs is its own")
    result = call(tf.constant(student.images))
    return {key: value.numpy() for key, value in result.items()} if isinstance(result, dict) else result.numpy()


def tfsm_layer(student, path):
    if student.others:
        raise Inapplicable("it takes one input")
    layer = keras.layers.TFSMLayer(path, call_endpoint=student.signature)
    inputs = keras.Input(student.images.shape[1:], dtype=student.images.dtype.name)
    return keras.Model(inputs, layer(inputs))(student.images)


def keras_2(student, path):
    if not student.writer.startswith("Keras 2"):
        raise Inapplicable("not saved by Keras 2")
    return tf_keras.models.load_model(path)(student.images, training=False).numpy()


def graph_mode(student, path):
    """The graph's own restore, as TensorFlow Serving runs it."""
    with tf.Graph().as_default(), v1.Session(config=v1.ConfigProto(allow_soft_placement=True)) as session:
        definition = v1.saved_model.loader.load(session, student.tags, path).signature_def[student.signature]
        outputs = {key: info.name for key, info in definition.outputs.items()}
        return session.run(outputs, {definition.inputs[name].name: value for name, value in student.fed().items()})


def lite(student, path):
    converter = tf.lite.TFLiteConverter.from_saved_model(path, signature_keys=[student.signature], tags=set(student.tags))
    interpreter = tf.lite.Interpreter(model_content=converter.convert())
    runner = interpreter.get_signature_runner(student.signature)
    return runner(**student.fed())


COMPUTING = {
    "tf.saved_model.load": signature,
    "own call": own_call,
    "TFSMLayer": tfsm_layer,
    "Keras 2": keras_2,
    "graph mode": graph_mode,
    "TFLite": lite,
}


def every_signature(student, original, exported):
    """All that can be called of the original can be called of the export, with inputs of ones."""
    assert sorted(original.signatures) == sorted(exported.signatures)
    for name, function in exported.signatures.items():
        specs = function.structured_input_signature[1].items()
        function(**{key: tf.ones([size or 2 for size in spec.shape], spec.dtype) for key, spec in specs})


def object_variables(path):
    """Names, shapes and whether they train, as the file's objects say."""
    message = saved_model_pb2.SavedModel()
    message.ParseFromString((pathlib.Path(path) / "saved_model.pb").read_bytes())
    nodes = message.meta_graphs[0].object_graph_def.nodes
    return [(n.variable.name, str(n.variable.shape), n.variable.trainable) for n in nodes if n.HasField("variable")]


def loaded_variables(loaded):
    for attribute in ("trainable_variables", "_trainable_variables", "variables"):
        variables = getattr(loaded, attribute, None)
        if variables is not None:
            return [(v.name, tuple(v.shape)) for v in variables]
    return []


def variables(student, original, exported):
    assert object_variables(student.original) == object_variables(student.exported)
    assert loaded_variables(original) == loaded_variables(exported)


COMPARING = {"every signature": every_signature, "variables": variables}


def is_trained(student):
    """Whether the export computes other outputs than the original; where they are random, whether it holds other values."""
    if student.expected:
        return attempt(lambda: student.compare(signature(student, student.original)), quiet=True) is not None
    before, after = (tf.train.load_checkpoint(f"{path}/variables/variables") for path in (student.original, student.exported))
    types = before.get_variable_to_dtype_map()
    return any(dtype.is_floating and np.any(before.get_tensor(key) != after.get_tensor(key)) for key, dtype in types.items())


class Inapplicable(Exception):
    pass


def attempt(check, quiet=False):
    """What is wrong, in one line; None where nothing is."""
    try:
        check()
    except Inapplicable as e:
        return f"does not apply: {e}"
    except Exception as e:
        if not quiet:
            traceback.print_exc()
        return f"{type(e).__name__}: {' '.join(str(e).split())[:400]}"
    return None


def check(directory):
    student = Student(directory)
    results = {}
    for name, compute in COMPUTING.items():
        wrong = attempt(lambda: student.compare(compute(student, student.exported)))
        if wrong and not wrong.startswith("does not apply") and attempt(lambda: compute(student, student.original)):
            wrong = f"does not apply: the original fails as well: {wrong}"
        results[name] = wrong or "ok"
    for name, compare in COMPARING.items():
        wrong = attempt(lambda: compare(student, student.load(student.original), student.load(student.exported)))
        results[name] = wrong or "ok"
    results["trained"] = "ok" if is_trained(student) else "the original is the same: nothing was trained"
    (student.directory / "results.json").write_text(json.dumps(results, indent=1))
    return results


for directory in sys.argv[1:]:
    started = time.monotonic()
    keras.backend.clear_session()
    tf_keras.backend.clear_session()
    results = check(directory)
    print(f"{directory}: {time.monotonic() - started:.1f} s: {results}", flush=True)
