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
        byName.values().forEach(output -> runner.fetch(program.build(output)));
        try (var result = runner.run()) {
            return values(byName.keySet(), result);
        }
    }

    /**
     * The elements of fetched tensors, row by row.
     *
     * @param names of the tensors, in the order in which they were fetched
     */
    static Map<String, List<?>> values(Iterable<String> names, Result result) {
        var values = ImmutableMap.<String, List<?>>builder();
        int fetched = 0;
        for (var name : names) {
            var elements = new ArrayList<>();
            ((NdArray<?>) result.get(fetched++)).scalars().forEach(scalar -> elements.add(scalar.getObject()));
            values.put(name, elements);
        }
        return values.buildOrThrow();
    }
}
