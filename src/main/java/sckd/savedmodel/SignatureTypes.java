package sckd.savedmodel;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import sckd.UserException;

/** Whether a signature states the types that its graph has: what it is fed and asked for goes by them. */
final class SignatureTypes {
    private static final Set<String> PLACEHOLDERS = Set.of("Placeholder", "PlaceholderV2", "PlaceholderWithDefault");

    private SignatureTypes() {}

    /** @throws UserException if the graph takes another type at the input */
    static void checkInput(GraphDef graph, Signature.Tensor input) {
        for (var node : graph.getNodeList()) {
            if (node.getName().equals(input.name().node()) && PLACEHOLDERS.contains(node.getOp())) {
                var dtype = node.getAttrOrDefault("dtype", AttrValue.getDefaultInstance())
                        .getType();
                if (dtype != input.dtype()) {
                    throw new UserException("the signature's input '%s' is %s, and the graph takes %s there"
                            .formatted(input.name(), input.dtype(), dtype));
                }
            }
        }
    }

    /** @throws UserException if the graph gives another type at an output */
    static void checkOutputs(Signature signature, Map<String, TensorName> outputs, TensorTypes types) {
        outputs.forEach((name, tensor) -> {
            var stated = Optional.ofNullable(signature.outputs().get(name))
                    .map(Signature.Tensor::dtype)
                    .orElse(DataType.DT_INVALID);
            var found = types.of(tensor).dtype();
            // a label's place may have been taken by the class that it names
            if (stated != DataType.DT_INVALID && stated != DataType.DT_STRING && stated != found) {
                throw new UserException("the signature's output '%s' is %s, and the graph gives %s there"
                        .formatted(name, stated, found));
            }
        });
    }
}
