package sckd.savedmodel;

/** A tensor of a graph: the {@code index}-th output of {@code node}; written {@code node:index}. */
public record TensorName(String node, int index) {
    /** Reads {@code node} (output 0) or {@code node:index}. */
    public static TensorName parse(String text) {
        int colon = text.lastIndexOf(':');
        return colon < 0
                ? new TensorName(text, 0)
                : new TensorName(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }

    @Override
    public String toString() {
        return node + ":" + index;
    }
}
