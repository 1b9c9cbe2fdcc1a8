package sckd.savedmodel;

import java.util.Collection;
import java.util.List;

/** The rewrites of an inference graph, in their order. */
final class GraphRewrites {
    /** These look at ops and attributes alone. */
    private static final List<GraphRewrite> OF_OPS = List.of(
            UnfedDefaults::rewrite,
            ConstantBranches::rewrite,
            ConstantSwitches::rewrite,
            ComputedBranches::rewrite,
            ofInference(RandomLayers::rewrite),
            ofInference(RandomDraws::rewrite),
            ofInference(RandomDraws::tell),
            (graph, context) -> RefVariables.rewrite(graph, context.replacements()),
            (graph, context) -> FusedBatchNormVersions.rewrite(graph),
            ofInference(ServedBatchNorms::rewrite),
            EqualOps::rewrite);

    /** These ask for shapes; shape inference may run ops of the graph, so it must have none but allowed ones. */
    private static final List<GraphRewrite> OF_SHAPES = List.of(
            EnsuredShapes::rewrite,
            ChannelsLast::rewrite,
            ExplicitPadding::rewrite,
            DilatedConvolutions::rewrite,
            LocalResponseNorms::rewrite,
            LayerNorms::rewrite);

    private GraphRewrites() {}

    private static GraphRewrite ofInference(GraphRewrite rewrite) {
        return (graph, context) ->
                context.purpose() == GraphRewrite.Purpose.INFERENCE ? rewrite.rewrite(graph, context) : graph;
    }

    /**
     * The graph after the rewrites of ops, with what the given tensors need and no more.
     *
     * @param roots as they were named before
     * @throws sckd.UserException if the graph branches or loops at run time
     */
    static FlatGraph ofOps(FlatGraph graph, GraphRewrite.Context context, Collection<TensorName> roots) {
        var rewritten = apply(OF_OPS, graph, context, roots);
        ControlFlow.check(rewritten);
        return rewritten;
    }

    /** The graph after the rewrites of shapes; as it is if it holds ops that are neither allowed nor trusted. */
    static FlatGraph ofShapes(
            FlatGraph graph, GraphRewrite.Context context, Collection<TensorName> roots, TrustedOps trusted) {
        return AllowedOps.findForbidden(graph, trusted).isEmpty() ? apply(OF_SHAPES, graph, context, roots) : graph;
    }

    private static FlatGraph apply(
            List<GraphRewrite> rewrites, FlatGraph graph, GraphRewrite.Context context, Collection<TensorName> roots) {
        var rewritten = graph;
        for (var rewrite : rewrites) {
            rewritten = prune(rewrite.rewrite(rewritten, context), context, roots);
        }
        return rewritten;
    }

    /** After each rewrite, so that none looks at what is not needed any more. */
    private static FlatGraph prune(FlatGraph graph, GraphRewrite.Context context, Collection<TensorName> roots) {
        var needed = roots.stream()
                .map(root -> context.replacements().resolve(root).node())
                .toList();
        return graph.withoutIdleControls(node -> Effects.mayHaveOne(graph, node, context))
                .prunedTo(needed);
    }
}
