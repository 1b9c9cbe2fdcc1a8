package sckd.data;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Tensor;

/** What was fed to one run; to be closed after it. */
public final class FedTensors implements AutoCloseable {
    private final List<Tensor> tensors = new ArrayList<>();

    FedTensors() {}

    <T extends Tensor> T add(T tensor) {
        tensors.add(tensor);
        return tensor;
    }

    @Override
    public void close() {
        tensors.forEach(Tensor::close);
    }
}
