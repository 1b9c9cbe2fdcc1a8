package sckd.distillation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import sckd.UserException;

/**
 * The open rates that a run recorded, epoch by epoch and loss by loss; after its last epoch those of the last.
 *
 * @param run its directory, which holds {@code epochs.jsonl}
 */
public record RecordedRates(Path run) implements OpenRates {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public Operand<TFloat32> build(Ops tf, GateInputs inputs) {
        var rates = read(inputs.losses());
        var epoch = tf.math.minimum(
                tf.dtypes.cast(tf.math.floor(inputs.epoch()), TInt32.class), tf.constant(rates.length - 1));
        return tf.gather(tf.constant(rates), epoch, tf.constant(0));
    }

    /** {@code [epochs][losses]}. */
    private float[][] read(List<String> losses) {
        var file = run.resolve("epochs.jsonl");
        var rates = new ArrayList<float[]>();
        try {
            for (var line : Files.readAllLines(file)) {
                var recorded = JSON.readTree(line).path("openRates");
                var ofEpoch = new float[losses.size()];
                for (int k = 0; k < ofEpoch.length; k++) {
                    ofEpoch[k] = rate(file, recorded, losses.get(k));
                }
                rates.add(ofEpoch);
            }
        } catch (JsonProcessingException e) {
            throw new UserException(file + ": no readable record of epochs: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UserException(
                    file + " cannot be read; a gate that follows the open rates of a run needs the directory of one",
                    e);
        }
        if (rates.isEmpty()) {
            throw new UserException(file + " holds no epoch; a gate that follows it needs at least one");
        }
        return rates.toArray(float[][]::new);
    }

    private static float rate(Path file, JsonNode recorded, String loss) {
        var rate = recorded.path(loss);
        if (!rate.isNumber()) {
            var names = new ArrayList<String>();
            recorded.fieldNames().forEachRemaining(names::add);
            throw new UserException(
                    "%s: has no open rate of the loss '%s'; expected a run with the same losses; it has %s"
                            .formatted(file, loss, names.isEmpty() ? "none" : String.join(", ", names)));
        }
        return (float) rate.asDouble();
    }
}
