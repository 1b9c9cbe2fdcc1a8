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
            (graph, context) -> RefVariables.rewrite(graph, context.replacements()),
            (graph, context) -> FusedBatchNormVersions.rewrite(graph),
            EqualOps::rewrite);

    /** These ask for shapes; shape inference may run ops of the graph, so it must have none but allowed ones. */
    private static final List<GraphRewrite> OF_SHAPES = List.of(
            EnsuredShapes::rewrite,
            ChannelsLast::rewrite,
            ExplicitPadding::rewrite,
            DilatedConvolutions::rewrite,
            LocalResponseNorms::rewrite);

    private GraphRewrites() {}

    /**
     * The graph rewritten, with what the given tensors need and no more.
     *
     * @param roots as they were named before
     * @throws sckd.UserException if the graph branches or loops at run time
     */
    static FlatGraph apply(FlatGraph graph, GraphRewrite.Context context, Collection<TensorName> roots) {
        var rewritten = apply(OF_OPS, graph, context, roots);
        ControlFlow.check(rewritten);
        return AllowedOps.findForbidden(rewritten).isEmpty() ? apply(OF_SHAPES, rewritten, context, roots) : rewritten;
    }

    private static FlatGraph apply(
            List<GraphRewrite> rewrites, FlatGraph graph, GraphRewrite.Context context, Collection<TensorName> roots) {
        var rewritten = graph;
        for (var rewrite : rewrites) {
            rewritten = rewrite.rewrite(rewritten, context);
        }
        var needed = roots.stream()
                .map(root -> context.replacements().resolve(root).node())
                .toList();
        return rewritten
                .withoutIdleControls(node ->
                        AllowedOps.mayHaveEffect(node.getOp()) && !ControlFlow.isHarmless(node, context.library()))
                .prunedTo(needed);
    }
}
