package sckd.savedmodel;

import com.google.common.io.MoreFiles;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import sckd.graph.SessionRuns;
import sckd.graph.TensorBundle;
import sckd.graph.TensorFlowReason;

/**
 * The checkpoint of a program whose constants have become variables: their values, beside all that was there.
 *
 * @param objects the bytes under {@code _CHECKPOINTABLE_OBJECT_GRAPH}
 */
record WeightCheckpoint(List<WeightVariable> variables, Optional<ByteString> objects, Optional<Checkpoint> before) {
    /** Writes it in the place of the one that is there. */
    void write(Path directory) throws IOException {
        var target = directory.resolve("variables");
        var beside = Files.createTempDirectory(directory, "variables");
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var save = buildSave(Ops.create(graph), new TensorBundle(beside.resolve("variables")));
            SessionRuns.run(session, List.of(save));
        } catch (TensorFlowException | TFInvalidArgumentException e) {
            throw new IOException(TensorFlowReason.of(e), e);
        }
        if (Files.exists(target)) {
            MoreFiles.deleteRecursively(target);
        }
        Files.move(beside, target);
    }

    private Op buildSave(Ops tf, TensorBundle target) {
        var keys = new ArrayList<String>();
        var tensors = new ArrayList<Operand<?>>();
        before.ifPresent(checkpoint -> {
            for (var key : checkpoint.entries().keySet()) {
                if (objects.isEmpty() || !key.equals(ObjectGraphKeys.CHECKPOINT_OBJECTS)) {
                    keys.add(key);
                }
            }
            if (!keys.isEmpty()) {
                var types = keys.stream()
                        .map(key -> checkpoint.entries().get(key).getDtype())
                        .toList();
                tensors.addAll(new TensorBundle(checkpoint.prefix()).buildRestore(tf, List.copyOf(keys), types));
            }
        });
        for (var variable : variables) {
            keys.add(variable.key());
            tensors.add(buildConstant(tf, variable.weight().value()));
        }
        objects.ifPresent(bytes -> {
            keys.add(ObjectGraphKeys.CHECKPOINT_OBJECTS);
            tensors.add(buildConstant(
                    tf,
                    TensorProto.newBuilder()
                            .setDtype(DataType.DT_STRING)
                            .setTensorShape(WeightVariable.scalar())
                            .addStringVal(bytes)
                            .build()));
        });
        return target.buildSave(tf, keys, tensors);
    }

    private static Operand<?> buildConstant(Ops tf, TensorProto value) {
        return tf.scope()
                .opBuilder("Const", "Const")
                .setAttr("dtype", value.getDtype())
                .setAttr("value", AttrValue.newBuilder().setTensor(value).build())
                .build()
                .output(0);
    }
}
