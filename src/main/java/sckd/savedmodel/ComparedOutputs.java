package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArray;
import org.tensorflow.proto.DataType;

/**
 * By what an export is told from another model: the outputs of its signature that are numbers, as names of classes are not computed here; the logits
 * where it gives names alone.
 *
 * @param areWritten whether a loader can give them
 */
record ComparedOutputs(Map<String, TensorName> byName, boolean areWritten) {
    static ComparedOutputs of(ClassifierModel model) {
        var file = SavedModelFile.read(model.directory(), model.settings().tags());
        var stated = SignatureChoice.choose(file, model.settings()).outputs();
        var numbers = Maps.filterKeys(model.outputs(), name -> stated.get(name).dtype() != DataType.DT_STRING);
        return numbers.isEmpty()
                ? new ComparedOutputs(Map.of("logits", model.logits()), false)
                : new ComparedOutputs(numbers, true);
    }

    Map<String, List<?>> run(Session.Runner runner, ModelProgram program) {
        var indices = ImmutableMap.<String, Integer>builder();
        int fetched = 0;
        for (var output : byName.entrySet()) {
            runner.fetch(program.build(output.getValue()));
            indices.put(output.getKey(), fetched++);
        }
        try (var result = runner.run()) {
            return values(indices.buildOrThrow(), result);
        }
    }

    /** The elements of fetched tensors, row by row. */
    static Map<String, List<?>> values(Map<String, Integer> indices, Result result) {
        var values = ImmutableMap.<String, List<?>>builder();
        indices.forEach((name, index) -> {
            var elements = new ArrayList<>();
            ((NdArray<?>) result.get(index)).scalars().forEach(scalar -> elements.add(scalar.getObject()));
            values.put(name, elements);
        });
        return values.buildOrThrow();
    }
}
