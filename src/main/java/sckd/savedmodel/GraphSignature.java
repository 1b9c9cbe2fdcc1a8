package sckd.savedmodel;

import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * What a model built in Java can be called for: tensors of its graph by the names that callers use.
 *
 * @param inputs to be fed
 * @param outputs to be fetched
 */
public record GraphSignature(Map<String, Operand<?>> inputs, Map<String, Operand<?>> outputs) {
    /** TensorFlow Serving answers predict calls for signatures with this method only. */
    private static final String PREDICT = "tensorflow/serving/predict";

    SignatureDef toSignatureDef() {
        var signature = SignatureDef.newBuilder().setMethodName(PREDICT);
        inputs.forEach((name, tensor) -> signature.putInputs(name, infoOf(tensor)));
        outputs.forEach((name, tensor) -> signature.putOutputs(name, infoOf(tensor)));
        return signature.build();
    }

    private static TensorInfo infoOf(Operand<?> tensor) {
        var output = tensor.asOutput();
        return TensorInfo.newBuilder()
                .setName(new TensorName(output.op().name(), output.index()).toString())
                .setDtype(output.dataType())
                .setTensorShape(Shapes.toProto(output.shape()))
                .build();
    }
}
