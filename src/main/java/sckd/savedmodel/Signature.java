package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import sckd.UserException;

/**
 * A signature of a SavedModel.
 *
 * @param method such as {@code tensorflow/serving/predict}
 * @param inputs by name, sorted
 * @param outputs by name, sorted
 */
record Signature(String name, String method, Map<String, Tensor> inputs, Map<String, Tensor> outputs) {
    static final String SERVING_DEFAULT = "serving_default";
    /** The outputs of this one, where a model has it, are its features by name. */
    static final String FEATURES = "features";

    private static final String PREDICT = "tensorflow/serving/predict";

    /**
     * An input or output.
     *
     * @param shape as it is stated, unknown sizes −1; {@link Shape#unknown()} without a rank
     */
    record Tensor(TensorName name, DataType dtype, Shape shape) {}

    /** All that a caller may ask for, by name; the loader's own ({@code __saved_model_init_op}) are left out. */
    static Map<String, Signature> readAll(SavedModelFile file) {
        var signatures = ImmutableMap.<String, Signature>builder();
        ImmutableSortedMap.copyOf(file.metaGraph().getSignatureDefMap()).forEach((name, signature) -> {
            if (!name.startsWith("__")) {
                signatures.put(name, read(file, name, signature));
            }
        });
        return signatures.build();
    }

    /**
     * The one to use: {@code serving_default}, else the only one whose method is predict.
     *
     * @throws UserException if there is no such; lists what there is
     */
    static Signature choose(SavedModelFile file) {
        var signatures = readAll(file);
        if (signatures.containsKey(SERVING_DEFAULT)) {
            return signatures.get(SERVING_DEFAULT);
        }
        var predicting = signatures.values().stream()
                .filter(signature -> signature.method().equals(PREDICT))
                .toList();
        if (predicting.size() == 1) {
            return predicting.get(0);
        }
        throw new UserException(file.path() + ": no signature to use; expected '" + SERVING_DEFAULT
                + "' or exactly one with the method " + PREDICT + "; it has "
                + (signatures.isEmpty()
                        ? "none"
                        : signatures.values().stream()
                                .map(signature -> signature.name() + " (" + signature.method() + ")")
                                .collect(Collectors.joining(", "))));
    }

    private static Signature read(SavedModelFile file, String name, SignatureDef signature) {
        var where = file.path() + ": signature '" + name + "'";
        return new Signature(
                name,
                signature.getMethodName(),
                readTensors(where, signature.getInputsMap()),
                readTensors(where, signature.getOutputsMap()));
    }

    private static Map<String, Tensor> readTensors(String where, Map<String, TensorInfo> infos) {
        var tensors = ImmutableMap.<String, Tensor>builder();
        ImmutableSortedMap.copyOf(infos).forEach((name, info) -> {
            if (info.getEncodingCase() != TensorInfo.EncodingCase.NAME) {
                throw new UserException(where + ": '" + name + "' is not a dense tensor; expected a dense one");
            }
            try {
                var shape = info.hasTensorShape() ? Shapes.of(info.getTensorShape()) : Shape.unknown();
                tensors.put(name, new Tensor(TensorName.parse(info.getName()), info.getDtype(), shape));
            } catch (IllegalArgumentException e) {
                throw new UserException(where + ": '" + name + "': " + e.getMessage(), e);
            }
        });
        return tensors.build();
    }

    /** The tensors of all outputs. */
    List<TensorName> outputTensors() {
        return outputs.values().stream().map(Tensor::name).toList();
    }
}
