package sckd.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import sckd.data.Normalization;
import sckd.savedmodel.ChannelOrder;
import sckd.savedmodel.Inspection;
import sckd.savedmodel.Layout;
import sckd.savedmodel.ModelInput;
import sckd.savedmodel.TensorName;

/**
 * What {@code sckd inspect} prints, as JSON in these names; what could not be found is null.
 *
 * @param accepted whether the other commands take the model; {@code faults} say why not
 * @param signature the one that is used
 * @param logits the tensor before the softmax
 * @param parameters moving averages and the like included
 * @param multiplyAdds for one image
 * @param batchNorms nodes, by the form in which they are written
 * @param withoutGradient ops between the trainable variables and the logits that no gradient goes through
 * @param notAllowed ops that are not allowed in a model
 * @param chosen how it is read: as stated, as its card says, or as found
 * @param mean of each channel, and its {@code std}, where the model's input scaling is known
 */
record InspectReport(
        String model,
        boolean accepted,
        List<String> faults,
        List<Signature> signatures,
        String signature,
        String logits,
        Long parameters,
        Long trainableParameters,
        Long multiplyAdds,
        BatchNorms batchNorms,
        List<String> withoutGradient,
        List<String> notAllowed,
        String origin,
        String sha256,
        List<Float> mean,
        List<Float> std,
        Float batchNormMomentum,
        List<String> classes,
        Chosen chosen,
        List<String> notes,
        List<Feature> features) {
    /** TensorFlow's Python names, where they are not the lower-case name of the enumeration. */
    private static final Map<String, String> DTYPES =
            Map.of("DT_FLOAT", "float32", "DT_DOUBLE", "float64", "DT_HALF", "float16", "DT_BFLOAT16", "bfloat16");

    /**
     * What of a model is read, and how images are put into it; null where that is left to the shapes.
     *
     * @param input the node that takes the images
     * @param output the one that is stated
     * @param scale on pixels of 0 to 255
     * @param size height and width that images are resized to
     */
    record Chosen(
            List<String> tags,
            String input,
            String output,
            Float scale,
            List<Integer> size,
            String layout,
            String channels) {
        static Chosen of(Inspection model) {
            var settings = model.settings().input();
            return new Chosen(
                    model.tags(),
                    model.input().map(ModelInput::node).orElse(null),
                    model.settings().output().orElse(null),
                    settings.scaling().map(Normalization::scale).orElse(null),
                    settings.size()
                            .map(size -> List.of(size.height(), size.width()))
                            .orElse(null),
                    settings.layout().map(Layout::name).orElse(null),
                    settings.channels().map(ChannelOrder::name).orElse(null));
        }
    }

    /** A signature; the method such as {@code tensorflow/serving/predict}. */
    record Signature(String name, String method, List<Port> inputs, List<Port> outputs) {}

    /** An input or output; the dtype such as {@code float32}, the shape such as {@code [?, 32, 32, 3]}. */
    record Port(String name, String dtype, String shape) {}

    /** Nodes of fused ops; the Rsqrt of each that is written out. */
    record BatchNorms(List<String> fused, List<String> decomposed) {}

    /** A layer that can serve as a feature. */
    record Feature(String name, String tensor, String shape) {}

    static InspectReport of(Inspection model) {
        var card = model.card();
        var settings = model.settings();
        boolean isTraced = model.logits().isPresent();
        boolean isBound = model.parameters().isPresent();
        return new InspectReport(
                model.directory().toString(),
                model.faults().isEmpty(),
                model.faults(),
                model.signatures().stream().map(InspectReport::of).toList(),
                model.signature().orElse(null),
                model.logits().map(TensorName::toString).orElse(null),
                orNull(model.parameters()),
                orNull(model.trainableParameters()),
                orNull(model.multiplyAdds()),
                isTraced ? new BatchNorms(model.fusedBatchNorms(), model.decomposedBatchNorms()) : null,
                isTraced && isBound ? model.withoutGradient() : null,
                model.signature().isPresent() ? model.forbidden() : null,
                card.origin(),
                card.sha256(),
                settings.input().scaling().map(Normalization::mean).orElse(null),
                settings.input().scaling().map(Normalization::std).orElse(null),
                settings.batchNormMomentum().orElse(null),
                settings.classes(),
                Chosen.of(model),
                model.notes(),
                model.features().stream()
                        .map(feature ->
                                new Feature(feature.name(), feature.tensor().toString(), feature.shape()))
                        .toList());
    }

    private static Signature of(Inspection.Signature signature) {
        return new Signature(
                signature.name(), signature.method(), ports(signature.inputs()), ports(signature.outputs()));
    }

    private static List<Port> ports(List<Inspection.Port> ports) {
        return ports.stream()
                .map(port -> new Port(port.name(), dtype(port.dtype()), port.shape()))
                .toList();
    }

    private static String dtype(String name) {
        return DTYPES.getOrDefault(name, name.replaceFirst("^DT_", "").toLowerCase(Locale.ROOT));
    }

    private static Long orNull(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }

    /** Of all inputs and outputs. */
    List<String> portNames() {
        return signatures.stream()
                .flatMap(signature -> Stream.concat(signature.inputs().stream(), signature.outputs().stream()))
                .map(Port::name)
                .toList();
    }
}
