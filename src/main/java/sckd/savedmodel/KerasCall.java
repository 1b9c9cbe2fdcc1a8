package sckd.savedmodel;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedConcreteFunction;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;
import org.tensorflow.proto.Struct.StructuredValue;
import org.tensorflow.proto.Struct.TensorSpecProto;

/**
 * The model itself called for training, which Keras 2 keeps beside its signatures: the root object's {@code __call__} has a concrete function whose
 * only boolean argument, {@code training}, is true. No signature names it; a call of it is added to the main graph.
 *
 * @param graph the main graph with the call
 * @param signature from the images to what the model answers
 */
record KerasCall(GraphDef graph, Signature signature) {
    private static final String CALL = "__call__";
    private static final String TRAINING = "training";

    /** Empty for a model without such a function, or one whose variables the main graph does not hold. */
    static Optional<KerasCall> find(SavedModelFile file) {
        var objects = file.metaGraph().getObjectGraphDef();
        return findFunction(objects).flatMap(name -> build(file, objects, name));
    }

    private static Optional<String> findFunction(SavedObjectGraph objects) {
        if (objects.getNodesCount() == 0) {
            return Optional.empty();
        }
        return objects.getNodes(0).getChildrenList().stream()
                .filter(child -> child.getLocalName().equals(CALL))
                .filter(child -> child.getNodeId() >= 0 && child.getNodeId() < objects.getNodesCount())
                .map(child -> objects.getNodes(child.getNodeId()))
                .filter(object -> object.getKindCase() == SavedObject.KindCase.FUNCTION)
                .map(SavedObject::getFunction)
                .filter(function -> names(function.getFunctionSpec().getFullargspec(), TRAINING))
                .flatMap(function -> function.getConcreteFunctionsList().stream())
                .filter(name -> isForTraining(
                        objects.getConcreteFunctionsOrDefault(name, SavedConcreteFunction.getDefaultInstance())
                                .getCanonicalizedInputSignature()))
                .findFirst();
    }

    /** Whether a function's arguments have one of this name. */
    private static boolean names(StructuredValue spec, String argument) {
        return flatten(spec).stream().anyMatch(value -> value.getStringValue().equals(argument));
    }

    /** One tensor, the images, and one boolean, which is true. */
    private static boolean isForTraining(StructuredValue arguments) {
        var values = flatten(arguments);
        var booleans = values.stream()
                .filter(value -> value.getKindCase() == StructuredValue.KindCase.BOOL_VALUE)
                .toList();
        return tensors(values).size() == 1
                && booleans.size() == 1
                && booleans.get(0).getBoolValue();
    }

    private static List<TensorSpecProto> tensors(List<StructuredValue> values) {
        return values.stream()
                .filter(value -> value.getKindCase() == StructuredValue.KindCase.TENSOR_SPEC_VALUE)
                .map(StructuredValue::getTensorSpecValue)
                .toList();
    }

    /** The leaves, in the order of a function's arguments or results: TensorFlow sorts dictionaries by their keys. */
    private static List<StructuredValue> flatten(StructuredValue value) {
        var parts =
                switch (value.getKindCase()) {
                    case TUPLE_VALUE -> value.getTupleValue().getValuesList();
                    case LIST_VALUE -> value.getListValue().getValuesList();
                    case DICT_VALUE ->
                        List.copyOf(new TreeMap<>(value.getDictValue().getFieldsMap()).values());
                    case NAMED_TUPLE_VALUE ->
                        value.getNamedTupleValue().getValuesList().stream()
                                .map(pair -> pair.getValue())
                                .toList();
                    default -> null;
                };
        return parts == null
                ? List.of(value)
                : parts.stream().flatMap(part -> flatten(part).stream()).toList();
    }

    private static Optional<KerasCall> build(SavedModelFile file, SavedObjectGraph objects, String name) {
        var function = objects.getConcreteFunctionsOrThrow(name);
        var image = tensors(flatten(function.getCanonicalizedInputSignature())).get(0);
        var results = tensors(flatten(function.getOutputSignature()));
        var main = file.metaGraph().getGraphDef();
        var captured = capturedTensors(main, objects);
        var body = main.getLibrary().getFunctionList().stream()
                .filter(candidate -> candidate.getSignature().getName().equals(name))
                .findFirst();
        if (body.isEmpty() || !captured.keySet().containsAll(function.getBoundInputsList())) {
            return Optional.empty();
        }
        var input = NodeDef.newBuilder()
                .setName(unusedName(main, "training_images"))
                .setOp("Placeholder")
                .putAttr(
                        "dtype",
                        AttrValue.newBuilder().setType(image.getDtype()).build())
                .putAttr(
                        "shape",
                        AttrValue.newBuilder().setShape(image.getShape()).build())
                .build();
        var call = NodeDef.newBuilder()
                .setName(unusedName(main, "training_call"))
                .setOp("StatefulPartitionedCall")
                .addInput(input.getName())
                .putAttr(
                        "f",
                        AttrValue.newBuilder()
                                .setFunc(NameAttrList.newBuilder().setName(name))
                                .build())
                .putAttr("Tin", types(body.get().getSignature().getInputArgList()))
                .putAttr("Tout", types(body.get().getSignature().getOutputArgList()));
        function.getBoundInputsList().forEach(object -> call.addInput(captured.get(object)));
        return Optional.of(new KerasCall(
                main.toBuilder().addNode(input).addNode(call).build(),
                signature(input.getName(), image, call.getName(), results)));
    }

    private static Signature signature(
            String input, TensorSpecProto image, String call, List<TensorSpecProto> results) {
        var outputs = new TreeMap<String, Signature.Tensor>();
        for (int i = 0; i < results.size(); i++) {
            outputs.put("output_" + i, tensor(new TensorName(call, i), results.get(i)));
        }
        return new Signature(
                CALL, Signature.PREDICT, Map.of("images", tensor(new TensorName(input, 0), image)), outputs);
    }

    private static Signature.Tensor tensor(TensorName name, TensorSpecProto spec) {
        return new Signature.Tensor(name, spec.getDtype(), Shapes.of(spec.getShape()));
    }

    /**
     * The tensor of the main graph that stands for each object which any function takes: variables, constants; of a variable that no function of
     * the main graph takes, the handle that is called as it is.
     */
    private static Map<Integer, String> capturedTensors(GraphDef main, SavedObjectGraph objects) {
        var tensors = new HashMap<Integer, String>();
        for (var node : main.getNodeList()) {
            var bound = ObjectGraphKeys.calledFunction(node, objects).getBoundInputsList();
            var inputs = FlatGraph.dataInputs(node);
            int first = inputs.size() - bound.size();
            for (int i = Math.max(first, 0); i < inputs.size(); i++) {
                tensors.putIfAbsent(bound.get(i - first), inputs.get(i).asInput());
            }
        }
        var handles = main.getNodeList().stream()
                .filter(node -> node.getOp().equals("VarHandleOp"))
                .map(NodeDef::getName)
                .collect(Collectors.toSet());
        for (int i = 0; i < objects.getNodesCount(); i++) {
            var name = objects.getNodes(i).getVariable().getName();
            if (handles.contains(name) && !tensors.containsValue(name)) {
                tensors.putIfAbsent(i, name);
            }
        }
        return tensors;
    }

    private static String unusedName(GraphDef graph, String wanted) {
        var name = new StringBuilder(wanted);
        while (graph.getNodeList().stream().anyMatch(node -> node.getName().contentEquals(name))) {
            name.append('_');
        }
        return name.toString();
    }

    private static AttrValue types(List<OpDef.ArgDef> arguments) {
        return AttrValue.newBuilder()
                .setList(AttrValue.ListValue.newBuilder()
                        .addAllType(
                                arguments.stream().map(OpDef.ArgDef::getType).toList()))
                .build();
    }
}
