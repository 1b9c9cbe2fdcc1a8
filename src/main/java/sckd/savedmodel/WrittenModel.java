package sckd.savedmodel;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;

/** A model as anybody loads it: the whole program of its tags, of which a call has to feed every input of the signature. */
final class WrittenModel {
    private static final String ANY_TEXT = "";

    private WrittenModel() {}

    /**
     * Runs its signature.
     *
     * @param model as it was read for training: its settings say tags, signature and input
     * @param outputs of the signature
     * @return their values, by name
     */
    static Map<String, List<?>> run(Path directory, ClassifierModel model, List<String> outputs, Tensor images) {
        var file = SavedModelFile.read(directory, model.settings().tags());
        var signature = SignatureChoice.choose(file, model.settings());
        var others = others(signature, model, file.metaGraph().getGraphDef());
        var tags = MetaGraphChoice.tags(file.metaGraph()).toArray(String[]::new);
        try (var bundle = SavedModelBundle.loader(directory.toString())
                        .withTags(tags)
                        .withConfigProto(ExportCheck.AS_WRITTEN)
                        .load();
                var values = makeOthers(others, images.shape().get(0))) {
            LeftOutVariables.restore(bundle, file, model, directory);
            var runner = bundle.session().runner().feed(model.input().node(), images);
            for (int i = 0; i < others.size(); i++) {
                runner.feed(others.get(i).tensor().name().toString(), values.get(i));
            }
            outputs.forEach(output ->
                    runner.fetch(signature.outputs().get(output).name().toString()));
            try (var result = runner.run()) {
                return ComparedOutputs.values(outputs, result);
            }
        }
    }

    /** Those of which it is known what they are given; and zeros for those without a default, which no output that is asked for depends on. */
    private static List<OtherInput> others(Signature signature, ClassifierModel model, GraphDef graph) {
        var images = model.input().node();
        var fed = new LinkedHashMap<TensorName, OtherInput>();
        OtherInputs.find(signature, images, graph, model.settings().input().others())
                .forEach(other -> fed.put(other.tensor().name(), other));
        var withDefault = Signature.nodesWithDefault(graph);
        signature.inputs().forEach((name, input) -> {
            if (!input.name().node().equals(images)
                    && !withDefault.contains(input.name().node())) {
                fed.putIfAbsent(input.name(), new OtherInput(name, input, 0, false));
            }
        });
        return List.copyOf(fed.values());
    }

    private static Result makeOthers(List<OtherInput> inputs, long batch) {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var runner = session.runner();
            var made = new ArrayList<Operand<?>>(); // a session wants something to fetch
            inputs.forEach(input -> made.add(buildOther(tf, input.tensor(), input.number(), batch)));
            made.add(tf.constant(0));
            made.forEach(runner::fetch);
            return runner.run();
        }
    }

    private static Operand<?> buildOther(Ops tf, Signature.Tensor input, double number, long batch) {
        var sizes = input.shape().isUnknown()
                ? new long[0]
                : input.shape().asArray().clone();
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = sizes[i] >= 0 ? sizes[i] : i == 0 ? batch : 1;
        }
        var shape = tf.constant(sizes);
        return input.dtype() == DataType.DT_STRING
                ? tf.fill(shape, tf.constant(ANY_TEXT))
                : ModelProgram.buildCast(tf, tf.fill(shape, tf.constant(number)), input.dtype());
    }
}
