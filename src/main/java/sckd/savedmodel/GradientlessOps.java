package sckd.savedmodel;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The allowed ops for which TensorFlow's C++ library has no gradient, as it answered when asked for each. A model that needs one of them
 * between a trainable variable and its logits can teach and cannot be trained.
 */
final class GradientlessOps {
    static final Set<String> NAMES = Splitter.on(CharMatcher.whitespace())
            .omitEmptyStrings()
            .splitToStream(
                    """
                    AdjustContrast AdjustContrastv2 AdjustHue AdjustSaturation BatchNormWithGlobalNormalization BesselI0e BesselI1e
                    BiasAddV1 Bitcast Bucketize Ceil CheckNumericsV2 ComplexAbs Concat Conv3D Conv3DBackpropInputV2 Cross Cumprod
                    CumulativeLogsumexp DepthwiseConv2dNativeBackpropInput Digamma Dilation2D EnsureShape Erfc ExtractGlimpse
                    ExtractGlimpseV2 ExtractImagePatches FakeQuantWithMinMaxArgs FakeQuantWithMinMaxVars
                    FakeQuantWithMinMaxVarsPerChannel FloorDiv FloorMod FusedBatchNorm FusedBatchNormV2 FusedPadConv2D
                    FusedResizeAndPadConv2D Gather HSVToRGB Igamma Igammac ImageProjectiveTransformV2 ImageProjectiveTransformV3
                    MatrixDiagPart MatrixDiagPartV2 MatrixDiagPartV3 MatrixDiagV2 MatrixDiagV3 MatrixSetDiag MatrixSetDiagV2
                    MatrixSetDiagV3 MaxPoolWithArgmax Mod MulNoNan NextAfter ParallelConcat Polygamma PreventGradient RGBToHSV
                    ResizeArea ResourceGather ResourceGatherNd Reverse Rint Round SegmentMax SegmentMean SegmentMin SegmentProd
                    Snapshot SparseMatMul SparseSoftmaxCrossEntropyWithLogits SparseToDense TensorScatterAdd TensorScatterMax
                    TensorScatterMin TensorScatterSub TensorScatterUpdate TopK TopKV2 TruncateMod UnsortedSegmentProd Xdivy Xlog1py
                    Xlogy Zeta
                    """)
            .collect(ImmutableSet.toImmutableSet());

    private GradientlessOps() {}

    /** The nodes without gradient on a way of float tensors from the given variables to the logits, in the order of the graph. */
    static List<AllowedOps.Use> findBetween(
            FlatGraph graph, TensorTypes types, Collection<String> handles, TensorName logits) {
        var needed = graph.ancestors(List.of(logits.node()));
        var reached = new HashSet<>(handles);
        return graph.nodes().values().stream()
                .filter(node -> needed.contains(node.getName()) && types.isFloat(new TensorName(node.getName(), 0)))
                .filter(node -> FlatGraph.dataInputs(node).stream().anyMatch(input -> reached.contains(input.node())))
                .peek(node -> reached.add(node.getName()))
                .filter(node -> NAMES.contains(node.getOp()))
                .map(node -> AllowedOps.Use.of(graph, node.getName()))
                .toList();
    }
}
