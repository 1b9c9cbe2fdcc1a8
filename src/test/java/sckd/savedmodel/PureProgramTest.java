package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sckd.savedmodel.GraphText.constant;
import static sckd.savedmodel.GraphText.floatScalar;
import static sckd.savedmodel.GraphText.graph;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.type;
import static sckd.savedmodel.GraphText.variable;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import sckd.UserException;

class PureProgramTest {
    private static PureProgram pure(NodeDef... nodes) {
        return PureProgram.of(Flattener.flatten(graph(List.of(), nodes), List.of("end"), OpDefs.registered())
                .graph());
    }

    /** A tensor of a program in which handles are 8 where they are read. */
    private static float run(PureProgram program, TensorName tensor) {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            graph.importGraphDef(program.graph().toGraphDef());
            var runner = session.runner();
            try (var eight = TFloat32.scalarOf(8)) {
                graph.operations().forEachRemaining(operation -> {
                    if (operation.type().equals("ReadVariableOp")) {
                        runner.feed(operation.name(), eight);
                    }
                });
                try (var result = runner.fetch(tensor.toString()).run()) {
                    return ((TFloat32) result.get(0)).getFloat();
                }
            }
        }
    }

    @Test
    void aReadAfterAnAssignmentTakesTheNewValue() {
        var program = pure(
                variable("v"),
                constant("two", floatScalar(2)),
                node("before", "ReadVariableOp", "v"),
                node("add", "AssignAddVariableOp", "v", "two", "^before"),
                node("between", "ReadVariableOp", "v", "^add"),
                node("subtract", "AssignSubVariableOp", "v", "between", "^between"),
                node("after", "ReadVariableOp", "v", "^subtract"),
                node("assign", "AssignVariableOp", "v", "two", "^after"),
                node("end", "NoOp", "^assign"));
        assertThat(run(program, new TensorName("between", 0))).isEqualTo(10);
        assertThat(run(program, new TensorName("after", 0))).isEqualTo(0);
        assertThat(program.values()).containsExactly(Map.entry("v", new TensorName("two", 0)));
        assertThat(program.graph().nodes().values())
                .noneMatch(node -> node.getOp().startsWith("Assign"));
    }

    @Test
    void theOrderIsThatOfTheControlInputsNotOfTheNodes() {
        var program = pure(
                node("end", "NoOp", "^second"),
                node("second", "AssignAddVariableOp", "v", "two", "^first"),
                node("first", "AssignVariableOp", "v", "two"),
                constant("two", floatScalar(2)),
                variable("v"));
        assertThat(run(program, program.values().get("v"))).isEqualTo(4);
    }

    @Test
    void anAssignmentOfNothingIsNamed() {
        assertThatThrownBy(() -> pure(variable("v"), node("end", "AssignVariableOp", "v")))
                .isInstanceOf(UserException.class)
                .hasMessage("node 'end' (AssignVariableOp) takes 1 tensors; expected 2 or more");
    }

    @Test
    void variablesAreKeptApart() {
        var program = pure(
                variable("v"),
                variable("w"),
                constant("two", floatScalar(2)),
                node("assign", "AssignVariableOp", "v", "two"),
                node("read", "ReadVariableOp", "w", "^assign"),
                node("end", "Identity", "read"));
        assertThat(run(program, new TensorName("end", 0))).isEqualTo(8);
    }

    @Test
    void aPhiloxGeneratorIsMovedAsTheOpMovesIt() {
        // tf.random.Generator.from_seed(1234, alg='philox'): state 1234 0 0; after skip(7) 3026 0 0
        var program = pure(
                generator(3),
                constant("philox", GraphText.intScalar(1)),
                uint64("seven", 7),
                node("skip", "RngReadAndSkip", Map.of(), "v", "philox", "seven"),
                node("end", "Identity", Map.of("T", type(DataType.DT_INT64)), "skip"));
        try (var graph = new Graph();
                var session = new Session(graph);
                var state = TInt64.tensorOf(StdArrays.ndCopyOf(new long[] {1234, 0, 0}))) {
            graph.importGraphDef(program.graph().toGraphDef());
            try (var result = session.runner()
                    .feed("skip/before", state)
                    .fetch("end")
                    .fetch(program.values().get("v").toString())
                    .run()) {
                assertThat(StdArrays.array1dCopyOf((TInt64) result.get(0))).containsExactly(1234, 0, 0);
                assertThat(StdArrays.array1dCopyOf((TInt64) result.get(1))).containsExactly(1234 + 7 * 256, 0, 0);
            }
        }
    }

    @Test
    void anotherGeneratorStays() {
        var program = pure(
                generator(2),
                constant("threefry", GraphText.intScalar(2)),
                uint64("seven", 7),
                node("end", "RngReadAndSkip", Map.of(), "v", "threefry", "seven"));
        assertThat(program.graph().nodes().get("end").getOp()).isEqualTo("RngReadAndSkip");
        assertThat(program.values()).isEmpty();
    }

    private static NodeDef generator(long size) {
        return variable("v", size).toBuilder()
                .putAttr("dtype", type(DataType.DT_INT64))
                .build();
    }

    private static NodeDef uint64(String name, long value) {
        var tensor = TensorProto.newBuilder()
                .setDtype(DataType.DT_UINT64)
                .setTensorShape(GraphText.shapeProto())
                .addUint64Val(value);
        return node(
                name,
                "Const",
                Map.of(
                        "dtype",
                        type(DataType.DT_UINT64),
                        "value",
                        AttrValue.newBuilder().setTensor(tensor).build()));
    }
}
