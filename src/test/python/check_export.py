"""Loads an exported student in Python TensorFlow and compares it with what TensorFlow-Java says of it.

usage: check_export.py ORIGINAL EXPORTED IMAGES LOGITS
  ORIGINAL, EXPORTED  SavedModel directories
  IMAGES, LOGITS      raw little-endian float32: the input [n, 32, 32, 3] and our logits [n, classes]
"""

import sys

import numpy as np
import tensorflow as tf

original_path, exported_path, images_path, logits_path = sys.argv[1:]
original = tf.saved_model.load(original_path)
exported = tf.saved_model.load(exported_path)
images = np.fromfile(images_path, "<f4").reshape(-1, 32, 32, 3)
expected = np.fromfile(logits_path, "<f4").reshape(len(images), -1)


def run(model):
    signature = model.signatures["serving_default"]
    (name,) = signature.structured_input_signature[1]
    (output,) = signature(**{name: tf.constant(images)}).values()
    return output.numpy()


def call(model):
    """The object's own call, as Keras wrote it: it reads its own copy of the weights."""
    function = model.serve if hasattr(model, "serve") else model
    output = function(tf.constant(images))
    return output.numpy()


scale = np.abs(expected).max()
for what, actual in ("serving_default", run(exported)), ("call", call(exported)):
    difference = np.abs(actual - expected).max() / scale
    print(f"{what}: largest difference {difference:.1e} of the largest logit")
    assert difference <= 1e-5, what
moved = np.abs(run(original) - expected).max() / scale
print(f"the original's logits differ by {moved:.1e}: the student was trained")
assert moved > 1e-3


def trainable(path):
    """Names and shapes that the object graph marks as trainable, whatever the loader makes of them."""
    proto = tf.saved_model.experimental.VariablePolicy  # noqa: F841  (loads the protos)
    from tensorflow.core.protobuf import saved_model_pb2

    message = saved_model_pb2.SavedModel()
    with open(f"{path}/saved_model.pb", "rb") as file:
        message.ParseFromString(file.read())
    nodes = message.meta_graphs[0].object_graph_def.nodes
    return sorted((n.variable.name, str(n.variable.shape)) for n in nodes if n.HasField("variable") and n.variable.trainable)


def loaded(model):
    variables = getattr(model, "trainable_variables", None)
    if variables is None:
        variables = getattr(model, "_trainable_variables", [])
    return [(v.name, tuple(v.shape)) for v in variables]


assert trainable(original_path) == trainable(exported_path)
assert loaded(original) == loaded(exported)
print(f"trainable variables as in the original: {len(loaded(exported))} loaded")
