package sckd.savedmodel;

import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Makes draws that are still needed the same in every run. Noise of mean 0 is left out. A uniform number that the images are multiplied with, or
 * that is added to them, becomes the one that changes nothing; where there is none, the middle of its range. What is left is drawn by a seed
 * that does not move.
 */
final class RandomDraws {
    private static final int MOST_NAMED = 3;
    private static final String LEFT =
            "Images are made brighter, darker or of another contrast at random in inference; here they are left as they are.";
    private static final String MIDDLE =
            "A factor or a term is drawn at random in inference; here it is the middle of its range.";
    private static final Map<String, String> STATELESS = Map.of(
            "RandomUniform", "StatelessRandomUniform",
            "RandomUniformInt", "StatelessRandomUniformInt",
            "StatefulUniform", "StatelessRandomUniform",
            "StatefulUniformFullInt", "StatelessRandomUniformFullInt",
            "StatefulUniformInt", "StatelessRandomUniformInt");

    private final RandomFactors factors;
    private final Collection<String> notes;

    private RandomDraws(FlatGraph graph, GraphRewrite.Context context) {
        factors = new RandomFactors(graph, context.input());
        notes = context.notes();
    }

    static FlatGraph rewrite(FlatGraph graph, GraphRewrite.Context context) {
        if (graph.nodes().values().stream().noneMatch(RandomOps::draws)) {
            return graph;
        }
        var rewriting = new RandomDraws(graph, context);
        return GraphEdit.rewrite(graph, context.replacements(), rewriting::rewrite);
    }

    /** Notes the draws that are left when all that is not needed is gone; not those that only make seeds. */
    static FlatGraph tell(FlatGraph graph, GraphRewrite.Context context) {
        var drawn = graph.nodes().values().stream()
                .filter(node -> RandomOps.draws(node) && !node.getOp().contains("FullInt"))
                .map(node -> AllowedOps.Use.of(graph, node.getName()))
                .toList();
        if (!drawn.isEmpty()) {
            context.notes()
                    .add("The outputs depend on random draws, of which one is taken for all runs: "
                            + drawn.stream()
                                    .limit(MOST_NAMED)
                                    .map(AllowedOps.Use::toString)
                                    .collect(Collectors.joining(", "))
                            + (drawn.size() > MOST_NAMED ? " and " + (drawn.size() - MOST_NAMED) + " more" : "") + ".");
        }
        return graph;
    }

    private void rewrite(NodeWriter at) {
        var op = at.node().getOp();
        if (RandomOps.NORMAL.contains(op)) {
            fill(at, 0);
            notes.add("Random noise is on in inference; here its mean 0 takes its place.");
        } else if (RandomOps.UNIFORM.contains(op) && factors.isOne(at.node().getName())) {
            var neutral = factors.findNeutral(at.node().getName());
            fill(at, (float) neutral.orElse(.5));
            notes.add(neutral.isPresent() ? LEFT : MIDDLE);
        } else if (op.equals("RngReadAndSkip")) {
            at.op("Const")
                    .attribute("dtype", Attributes.type(DataType.DT_INT64))
                    .attribute("value", Attributes.tensor(state(at.node().getName())))
                    .last();
        } else if (STATELESS.containsKey(op)) {
            drawBySeed(at);
        }
    }

    private static boolean isStateful(NodeWriter at) {
        return at.node().getOp().startsWith("Stateful");
    }

    /** A generator's ops take it and its algorithm first. */
    private static TensorName shape(NodeWriter at) {
        return at.input(isStateful(at) ? 2 : 0);
    }

    private static DataType shapeType(NodeWriter at) {
        var name = isStateful(at) ? "shape_dtype" : at.node().getOp().endsWith("V2") ? "Tshape" : "T";
        return Attributes.of(at.node(), name).getType();
    }

    private static DataType type(NodeWriter at) {
        var name = at.node().getOp().equals("RandomUniformInt") ? "Tout" : "dtype";
        return Attributes.of(at.node(), name).getType();
    }

    private static void fill(NodeWriter at, float value) {
        at.op("Fill")
                .type(type(at))
                .attribute("index_type", Attributes.type(shapeType(at)))
                .input(shape(at))
                .input(at.scalar("value", type(at), value))
                .last();
    }

    private static void drawBySeed(NodeWriter at) {
        int bounds = isStateful(at) ? 3 : 1;
        at.op(STATELESS.get(at.node().getOp()))
                .type(shapeType(at))
                .attribute("dtype", Attributes.type(type(at)))
                .attribute("Tseed", Attributes.type(DataType.DT_INT32))
                .input(shape(at))
                .input(at.ints("seed", at.node().getName().hashCode(), 0))
                .inputs(at.inputs()
                        .subList(
                                Math.min(bounds, at.inputs().size()),
                                at.inputs().size()))
                .last();
    }

    /** A generator's counter, in two parts, and its key. */
    private static TensorProto state(String node) {
        return TensorProto.newBuilder()
                .setDtype(DataType.DT_INT64)
                .setTensorShape(TensorShapeProto.newBuilder()
                        .addDim(TensorShapeProto.Dim.newBuilder().setSize(3)))
                .addInt64Val(0)
                .addInt64Val(0)
                .addInt64Val(node.hashCode())
                .build();
    }
}
