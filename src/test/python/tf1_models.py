"""Classifiers as TF 1 programs write them: graphs with ref variables, sessions, the SavedModelBuilder."""

import numpy as np
import tensorflow as tf

from recording import BATCH, Record, images

v1 = tf.compat.v1
CLASSES = 10
LABELS = np.arange(BATCH) * 3 % CLASSES
SIZE = 16


class Network:
    """Convolutions with batch norm and dropout, by variables in the collections of TF 1."""

    def __init__(self, resource=False, partitions=1, updates_inside=False):
        self.resource, self.partitions, self.updates_inside = resource, partitions, updates_inside
        self.draw = np.random.default_rng(1)

    def variable(self, name, *shape, low=None, trainable=True):
        value = self.draw.normal(0, 0.3, shape) if low is None else self.draw.uniform(low, low + 1, shape)
        whole = tf.constant_initializer(value.astype(np.float32))
        if self.partitions > 1 and len(shape) == 2:
            partitioner = v1.fixed_size_partitioner(self.partitions, axis=0)

            def part(shape, dtype=None, partition_info=None):
                offset = partition_info.var_offset[0]
                return tf.constant(value[offset : offset + shape[0]].astype(np.float32))

            return v1.get_variable(name, shape, initializer=part, partitioner=partitioner, use_resource=self.resource)
        return v1.get_variable(name, shape, initializer=whole, trainable=trainable, use_resource=self.resource)

    def batch_norm(self, x, training, name, fused=True):
        with v1.variable_scope(name):
            channels = x.shape[-1]
            gamma, beta = self.variable("gamma", channels, low=0.5), self.variable("beta", channels)
            mean = self.variable("moving_mean", channels, trainable=False)
            variance = self.variable("moving_variance", channels, low=0.5, trainable=False)
            if training is not False and training is not True:
                normalize = self.fused_norm if fused else self.written_norm
                return v1.cond(
                    training,
                    lambda: normalize(x, gamma, beta, mean, variance, True),
                    lambda: normalize(x, gamma, beta, mean, variance, False),
                )
            return (self.fused_norm if fused else self.written_norm)(x, gamma, beta, mean, variance, training)

    def fused_norm(self, x, gamma, beta, mean, variance, training):
        if not training:
            return v1.nn.fused_batch_norm(x, gamma, beta, mean, variance, epsilon=1e-3, is_training=False)[0]
        y, batch_mean, batch_variance = v1.nn.fused_batch_norm(x, gamma, beta, epsilon=1e-3, is_training=True)
        return self.moving(y, (mean, batch_mean), (variance, batch_variance))

    def written_norm(self, x, gamma, beta, mean, variance, training):
        if not training:
            return tf.nn.batch_normalization(x, mean, variance, beta, gamma, 1e-3)
        batch_mean, batch_variance = tf.nn.moments(x, list(range(len(x.shape) - 1)))
        y = tf.nn.batch_normalization(x, batch_mean, batch_variance, beta, gamma, 1e-3)
        return self.moving(y, (mean, batch_mean), (variance, batch_variance))

    def moving(self, y, *averages):
        """Moves (average, value) when y is computed, or by ops that the program runs beside its steps."""
        moves = [v1.assign_sub(average, 0.1 * (average - value)) for average, value in averages]
        if not self.updates_inside:
            for move in moves:
                v1.add_to_collection(v1.GraphKeys.UPDATE_OPS, move)
            return y
        with tf.control_dependencies(moves):
            return tf.identity(y)

    def logits(self, x, training=False, keep=None):
        with v1.variable_scope("net", reuse=v1.AUTO_REUSE):
            x = tf.nn.conv2d(x, self.variable("conv1/weights", 3, 3, 3, 8), 1, "SAME")
            x = tf.nn.relu(self.batch_norm(x, training, "norm1"))
            x = tf.nn.max_pool2d(x, 2, 2, "SAME")
            x = tf.nn.conv2d(x, self.variable("conv2/weights", 3, 3, 8, 16), 1, "SAME")
            x = tf.nn.relu6(self.batch_norm(x, training, "norm2", fused=False))
            x = tf.reduce_mean(x, (1, 2))
            if keep is not None:
                x = v1.nn.dropout(x, keep_prob=keep)
            return tf.nn.bias_add(tf.matmul(x, self.variable("out/weights", 16, CLASSES)), self.variable("out/biases", CLASSES))


def signature(inputs, outputs, method=v1.saved_model.signature_constants.PREDICT_METHOD_NAME):
    return v1.saved_model.build_signature_def(
        {name: v1.saved_model.build_tensor_info(tensor) for name, tensor in inputs.items()},
        {name: v1.saved_model.build_tensor_info(tensor) for name, tensor in outputs.items()},
        method,
    )


def cross_entropy(logits):
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.constant(LABELS), logits=logits))


def session(graph=None):
    """One kind of CPU for what is placed on a GPU."""
    result = v1.Session(graph=graph, config=v1.ConfigProto(allow_soft_placement=True))
    result.run([v1.global_variables_initializer(), v1.tables_initializer()])
    return result


class Values:
    """A variable's value under the name that the record is to give it; a part is stored under the name of the whole."""

    def __init__(self, variable, value):
        self.name, self.value = variable.op.name, value
        part = variable._get_save_slice_info()
        self.keys = [part.full_name] if part else None

    def __array__(self, dtype=None, copy=None):
        return self.value


def record(
    root, name, writer, build, batch=None, save=None, signature_name="serving_default", tags=("serve",), others=None, settings=None
):
    """`build` adds the model to the graph: (input, signatures, logits before any softmax); `others` is fed beside the images."""
    batch = images(1, SIZE, SIZE, 3) if batch is None else batch
    others = others or {}
    result = Record(root, name, writer)
    with tf.Graph().as_default():
        v1.set_random_seed(1)
        fed, signatures, logits = build()
        inputs = signatures[signature_name].inputs
        feeds = {fed: batch, **{inputs[key].name: value for key, value in others.items()}}
        trainable = [v for v in v1.trainable_variables() if v.op.name.startswith("net/")]
        gradients = v1.gradients(cross_entropy(logits), trainable)
        with session() as running:
            (save or save_simply)(running, result.model, signatures, tags)
            expected, found, values = running.run([logits, gradients, trainable], feeds)
    with tf.Graph().as_default(), v1.Session(config=v1.ConfigProto(allow_soft_placement=True)) as running:
        loaded = v1.saved_model.loader.load(running, list(tags), result.model).signature_def[signature_name]
        outputs = running.run(
            {key: info.name for key, info in loaded.outputs.items()},
            {key if isinstance(key, str) else key.name: value for key, value in feeds.items()},
        )
    result.note(tags=list(tags), signature=signature_name)
    (key,) = [key for key, info in inputs.items() if info.name == fed.name]
    result.input(key, batch)
    result.others(**others)
    result.outputs(outputs, expected)
    result.trainable([Values(*pair) for pair in zip(trainable, values)], LABELS, found)
    if settings:
        result.settings(**settings)
    result.write()


def save_simply(running, path, signatures, tags):
    builder = v1.saved_model.Builder(path)
    builder.add_meta_graph_and_variables(running, list(tags), signatures)
    builder.save()


def placeholder(dtype=tf.float32, shape=(None, SIZE, SIZE, 3), name="images"):
    return v1.placeholder(dtype, shape, name)


def serving(fed, **outputs):
    return {"serving_default": signature({"images": fed}, outputs)}


def inference(root, name):
    """A graph built for inference alone."""

    def build():
        fed = placeholder()
        logits = Network().logits(fed)
        return fed, serving(fed, probabilities=tf.nn.softmax(logits, name="probabilities")), logits

    record(root, name, "TF 1, ref variables, inference graph", build)


def resource_variables(root, name):
    def build():
        fed = placeholder()
        logits = Network(resource=True).logits(fed)
        return fed, serving(fed, logits=logits), logits

    record(root, name, "TF 1, resource variables", build)


def with_training(root, name):
    """Optimizer, slots and losses ride along; dropout by a placeholder with a default that is fed in training."""

    def build():
        fed = placeholder()
        keep = v1.placeholder_with_default(1.0, (), "keep_probability")
        labels = v1.placeholder(tf.int32, (None,), "labels")
        logits = Network().logits(fed, keep=keep)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
        v1.train.AdamOptimizer(1e-3).minimize(loss, v1.train.get_or_create_global_step())
        signatures = {"serving_default": signature({"images": fed, "keep": keep}, {"probabilities": tf.nn.softmax(logits)})}
        return fed, signatures, logits

    writer = "TF 1, ref variables, dropout by placeholder_with_default, Adam rides along"
    record(root, name, writer, build, others={"keep": np.float32(1)})


def without_default(root, name):
    """A keep probability without a default: it has to be fed."""

    def build():
        fed = placeholder()
        keep = v1.placeholder(tf.float32, (), "keep_probability")
        logits = Network().logits(fed, keep=keep)
        return fed, {"serving_default": signature({"images": fed, "keep": keep}, {"logits": logits})}, logits

    record(
        root,
        name,
        "TF 1, a keep probability that has to be fed",
        build,
        others={"keep": np.float32(1)},
        settings={"input": {"name": "images"}},
    )


def training_switch(root, name):
    """Batch norm behind `tf.cond(is_training)`, as tf.layers builds it: Switch and Merge in the graph."""

    def build():
        fed = placeholder()
        training = v1.placeholder_with_default(False, (), "is_training")
        logits = Network().logits(fed, training)
        return fed, serving(fed, probabilities=tf.nn.softmax(logits)), logits

    v1.disable_control_flow_v2()
    try:
        record(root, name, "TF 1, batch norm behind tf.cond(is_training): Switch and Merge", build)
    finally:
        v1.enable_control_flow_v2()


def training_if(root, name):
    """The same with control flow as functions: If in the graph."""

    def build():
        fed = placeholder()
        training = v1.placeholder_with_default(False, (), "is_training")
        logits = Network(resource=True, updates_inside=True).logits(fed, training)
        return fed, serving(fed, probabilities=tf.nn.softmax(logits)), logits

    v1.enable_control_flow_v2()
    record(root, name, "TF 1, batch norm behind tf.cond(is_training): If", build)


def several_meta_graphs(root, name):
    """`train`, `serve` and `serve, gpu` over the same variables; the training graph comes first."""

    def save(running, path, signatures, tags):
        builder = v1.saved_model.Builder(path)
        builder.add_meta_graph_and_variables(running, ["train"], {})
        for more in (["serve"], ["serve", "gpu"]):
            builder.add_meta_graph(more, signatures)
        builder.save()

    def build():
        fed = placeholder()
        logits = Network().logits(fed)
        return fed, serving(fed, logits=logits), logits

    record(root, name, "TF 1, meta graphs train; serve; serve, gpu", build, save=save)


def own_tag(root, name):
    """No tag `serve`, as a hub module has it: tags are empty or the user's own."""

    def build():
        fed = placeholder()
        logits = Network().logits(fed)
        return fed, serving(fed, logits=logits), logits

    record(root, name, "TF 1, tag inference", build, tags=("inference",), settings={"tags": ["inference"]})


def several_signatures(root, name):
    """classify, predict and regress by method name; outputs: probabilities, class ids."""

    def build():
        fed = placeholder()
        logits = Network().logits(fed)
        constants = v1.saved_model.signature_constants
        signatures = {
            "predict_images": signature({"images": fed}, {"scores": tf.nn.softmax(logits)}),
            "predict_classes": signature({"images": fed}, {"classes": tf.argmax(logits, 1)}),
            "classify": signature({"inputs": fed}, {"scores": tf.nn.softmax(logits)}, constants.CLASSIFY_METHOD_NAME),
        }
        return fed, signatures, logits

    record(
        root,
        name,
        "TF 1, three signatures and no serving_default",
        build,
        signature_name="predict_images",
        settings={"signature": "predict_images"},
    )


def class_id(root, name):
    def build():
        fed = placeholder()
        logits = Network().logits(fed)
        return fed, serving(fed, classes=tf.argmax(logits, 1)), logits

    record(root, name, "TF 1, class id only", build)


def sharded(root, name):
    """Variables on two devices: the saver writes a shard for each."""

    def build():
        fed = placeholder()
        with v1.device(lambda op: "/device:CPU:0" if "conv" in op.name else "/device:GPU:0"):
            logits = Network().logits(fed)
        return fed, serving(fed, logits=logits), logits

    def save(running, path, signatures, tags):
        builder = v1.saved_model.Builder(path)
        builder.add_meta_graph_and_variables(running, list(tags), signatures, saver=v1.train.Saver(sharded=True))
        builder.save()

    record(root, name, "TF 1, two shards, nodes placed on /device:GPU:0", build, save=save)


def partitioned(root, name):
    """The classifier's weights in two slices of one tensor."""

    def build():
        fed = placeholder()
        logits = Network(partitions=2).logits(fed)
        return fed, serving(fed, logits=logits), logits

    record(root, name, "TF 1, a partitioned variable", build)


def legacy_batch_norm(root, name):
    """FusedBatchNorm of version 1 and 2, and the batch norm op before them, as producers of 2016 to 2018 wrote them."""

    def build():
        net = Network()
        fed = placeholder()
        with v1.variable_scope("net"):
            x = fed
            for i, op in enumerate((tf.raw_ops.FusedBatchNorm, tf.raw_ops.FusedBatchNormV2)):
                x = tf.nn.conv2d(x, net.variable(f"conv{i}/weights", 3, 3, x.shape[-1], 8), 1, "SAME")
                x = op(
                    x=x,
                    scale=net.variable(f"norm{i}/gamma", 8, low=0.5),
                    offset=net.variable(f"norm{i}/beta", 8),
                    mean=net.variable(f"norm{i}/moving_mean", 8, trainable=False),
                    variance=net.variable(f"norm{i}/moving_variance", 8, low=0.5, trainable=False),
                    epsilon=1e-3,
                    is_training=False,
                ).y
                x = tf.nn.relu(x)
            x = tf.reduce_mean(x, (1, 2))
            logits = v1.nn.xw_plus_b(x, net.variable("out/weights", 8, CLASSES), net.variable("out/biases", CLASSES))
        return fed, serving(fed, logits=logits), logits

    record(root, name, "TF 1, FusedBatchNorm of versions 1 and 2", build)


def flat_pixels(root, name):
    """Flat images, reshaped inside, and a class id beside the probabilities."""

    def build():
        fed = v1.placeholder(tf.float32, (None, SIZE * SIZE * 3), "x")
        logits = Network().logits(tf.reshape(fed, (-1, SIZE, SIZE, 3)))
        return fed, {"serving_default": signature({"x": fed}, {"y": tf.nn.softmax(logits), "id": tf.argmax(logits, 1)})}, logits

    record(root, name, "TF 1, flat images", build, images(1, SIZE * SIZE * 3))


def depthwise(root, name):
    """A separable convolution and a written-out swish, NHWC, uint8 pixels cast inside."""

    def build():
        net = Network()
        fed = placeholder(tf.uint8)
        x = tf.cast(fed, tf.float32) / 255.0
        with v1.variable_scope("net"):
            x = tf.nn.depthwise_conv2d(x, net.variable("depthwise/weights", 3, 3, 3, 2), [1, 1, 1, 1], "SAME")
            x = tf.nn.conv2d(x, net.variable("pointwise/weights", 1, 1, 6, 8), 1, "SAME")
            x = net.batch_norm(x, False, "norm")
            x = x * tf.sigmoid(x)
            x = tf.nn.avg_pool2d(x, SIZE, SIZE, "VALID")
            x = v1.squeeze(x, [1, 2])
            logits = tf.matmul(x, net.variable("out/weights", 8, CLASSES)) + net.variable("out/biases", CLASSES)
        return fed, serving(fed, logits=logits), logits

    record(root, name, "TF 1, separable convolution, uint8 pixels", build, images(1, SIZE, SIZE, 3, dtype=np.uint8))


MODELS = {
    "tf1-inference": inference,
    "tf1-resource": resource_variables,
    "tf1-training-graph": with_training,
    "tf1-must-feed": without_default,
    "tf1-switch": training_switch,
    "tf1-if": training_if,
    "tf1-meta-graphs": several_meta_graphs,
    "tf1-own-tag": own_tag,
    "tf1-signatures": several_signatures,
    "tf1-class-id": class_id,
    "tf1-sharded": sharded,
    "tf1-partitioned": partitioned,
    "tf1-old-batch-norm": legacy_batch_norm,
    "tf1-flat": flat_pixels,
    "tf1-separable": depthwise,
}
