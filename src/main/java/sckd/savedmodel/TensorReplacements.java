package sckd.savedmodel;

import java.util.HashMap;
import java.util.Map;
import sckd.UserException;

/** Which tensors took the place of those that a call made; one that did so may have been replaced itself. */
final class TensorReplacements {
    private final Map<TensorName, TensorName> replacements = new HashMap<>();

    void put(TensorName tensor, TensorName replacement) {
        replacements.put(tensor, replacement);
    }

    void putAll(TensorReplacements more) {
        replacements.putAll(more.replacements);
    }

    /** The tensor at the end of the chain; the tensor itself where nothing took its place. */
    TensorName resolve(TensorName tensor) {
        var resolved = tensor;
        for (int i = 0; replacements.containsKey(resolved); i++) {
            if (i > replacements.size()) {
                throw new UserException("the graph has a cycle through the call '" + tensor.node() + "'");
            }
            resolved = replacements.get(resolved);
        }
        return resolved;
    }
}
