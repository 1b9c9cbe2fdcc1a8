"""Makes classifiers of many kinds, with random weights, as SavedModels, each beside what Python TensorFlow computes with it.

usage: make_models.py DIRECTORY [NAME...]
  NAME  of the models to make, or the beginning of their names; all where none is given
"""

import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
import keras
import tensorflow as tf
import tf_keras

import keras2_models
import keras3_models
import module_models
import tf1_models

SEED = 20

tf.get_logger().setLevel("ERROR")  # what is deprecated is made on purpose

directory, *names = sys.argv[1:]
models = {**keras3_models.MODELS, **keras2_models.MODELS, **module_models.MODELS, **tf1_models.MODELS}
chosen = {name: make for name, make in models.items() if not names or any(name.startswith(start) for start in names)}
if not chosen:
    sys.exit(f"no model is named {' or '.join(names)}; there are {', '.join(models)}")
for name, make in chosen.items():
    started = time.monotonic()
    keras.backend.clear_session()
    tf_keras.backend.clear_session()
    keras.utils.set_random_seed(SEED)
    tf_keras.utils.set_random_seed(SEED)
    make(directory, name)
    print(f"{name}: {time.monotonic() - started:.1f} s", flush=True)
