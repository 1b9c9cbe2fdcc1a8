package sckd.savedmodel;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.primitives.Ints;

/** A tensor of a graph: the {@code index}-th output of {@code node}; written {@code node:index}. */
public record TensorName(String node, int index) {
    /**
     * Reads {@code node} (output 0) or {@code node:index}.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static TensorName parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            return new TensorName(text, 0);
        }
        var index = Ints.tryParse(text.substring(colon + 1));
        checkArgument(index != null && index >= 0, "tensor name is '%s'; expected node or node:index", text);
        return new TensorName(text.substring(0, colon), index);
    }

    /** As a GraphDef writes it among a node's inputs: output 0 is the bare node. */
    String asInput() {
        return index == 0 ? node : toString();
    }

    @Override
    public String toString() {
        return node + ":" + index;
    }
}
