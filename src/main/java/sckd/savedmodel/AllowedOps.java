package sckd.savedmodel;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tensorflow.proto.NodeDef;
import sckd.UserException;

/**
 * The op kinds that a model may be made of. A SavedModel is a program, and TensorFlow has ops that read and write files, open connections and
 * call Python: a model from elsewhere may compute, read its variables and draw random numbers, no more, unless its user trusts an op. Only what logits, outputs and
 * features need is judged.
 */
final class AllowedOps {
    private static final int MOST_NAMED = 5;

    private static final String STRUCTURE =
            """
            Const Identity NoOp Placeholder PreventGradient ReadVariableOp Snapshot StopGradient VarHandleOp
            """;

    private static final String ARITHMETIC =
            """
            Abs Acos Acosh Add AddN AddV2 All Any ApproximateEqual ArgMax ArgMin Asin Asinh Assert Atan Atan2 Atanh BatchMatMul
            BatchMatMulV2 BatchMatMulV3 BesselI0e BesselI1e Bincount BitwiseAnd BitwiseOr BitwiseXor Bucketize Cast Ceil
            CheckNumerics CheckNumericsV2 ClipByValue Complex ComplexAbs Conj Cos Cosh Cross Cumprod Cumsum
            CumulativeLogsumexp DenseBincount Digamma Div DivNoNan Einsum Equal Erf Erfc Erfinv Exp Expm1 Floor FloorDiv
            FloorMod Greater GreaterEqual HistogramFixedWidth Igamma Igammac Imag Inv Invert IsFinite IsInf IsNan L2Loss
            LeftShift Less LessEqual Lgamma LinSpace Log Log1p LogicalAnd LogicalNot LogicalOr MatMul Max Maximum Mean Min
            Minimum Mod Mul MulNoNan Ndtri Neg NextAfter NotEqual Polygamma Pow Prod Range Real RealDiv Reciprocal RightShift
            Rint Round Rsqrt SegmentMax SegmentMean SegmentMin SegmentProd SegmentSum Select SelectV2 Sigmoid Sign Sin Sinh
            SparseMatMul Sqrt Square SquaredDifference Sub Sum Tan Tanh TruncateDiv TruncateMod UnsortedSegmentMax
            UnsortedSegmentMin UnsortedSegmentProd UnsortedSegmentSum Xdivy Xlog1py Xlogy Zeta
            """;

    private static final String ARRAYS =
            """
            BatchToSpace BatchToSpaceND Bitcast BroadcastArgs BroadcastGradientArgs BroadcastTo Concat ConcatOffset ConcatV2
            DepthToSpace Diag DiagPart EnsureShape ExpandDims ExtractImagePatches Fill Gather GatherNd GatherV2 InvertPermutation
            MatrixBandPart MatrixDiag MatrixDiagPart MatrixDiagPartV2 MatrixDiagPartV3 MatrixDiagV2 MatrixDiagV3 MatrixSetDiag
            MatrixSetDiagV2 MatrixSetDiagV3 MirrorPad OneHot OnesLike Pack Pad PadV2 ParallelConcat ParallelDynamicStitch
            DynamicPartition DynamicStitch Rank Reshape ResourceGather ResourceGatherNd Reverse ReverseSequence ReverseV2 Roll
            ScatterNd ScatterNdNonAliasingAdd Shape ShapeN Size Slice SpaceToBatch SpaceToBatchND SpaceToDepth SparseToDense Split
            SplitV Squeeze StridedSlice TensorScatterAdd TensorScatterMax TensorScatterMin TensorScatterSub TensorScatterUpdate
            Tile Transpose Unique UniqueV2 UniqueWithCounts Unpack UnravelIndex UpperBound LowerBound VariableShape Where
            ZerosLike
            """;

    private static final String NEURAL_NETWORKS =
            """
            AvgPool AvgPool3D BatchNormWithGlobalNormalization BiasAdd BiasAddV1 Conv2D Conv3D DepthwiseConv2dNative Dilation2D
            Conv2DBackpropInput Conv3DBackpropInputV2 DepthwiseConv2dNativeBackpropInput Elu FakeQuantWithMinMaxArgs
            FakeQuantWithMinMaxVars FakeQuantWithMinMaxVarsPerChannel FractionalAvgPool FractionalMaxPool FusedBatchNorm
            FusedBatchNormV2 FusedBatchNormV3 FusedPadConv2D FusedResizeAndPadConv2D InTopK InTopKV2 LRN LeakyRelu LogSoftmax MaxPool
            MaxPool3D MaxPoolV2 MaxPoolWithArgmax Relu Relu6 Selu Softmax SoftmaxCrossEntropyWithLogits Softplus Softsign
            SparseSoftmaxCrossEntropyWithLogits TopK TopKV2
            """;

    private static final String IMAGES =
            """
            AdjustContrast AdjustContrastv2 AdjustHue AdjustSaturation CropAndResize ExtractGlimpse ExtractGlimpseV2 HSVToRGB
            ImageProjectiveTransformV2 ImageProjectiveTransformV3 RGBToHSV ResizeArea ResizeBicubic ResizeBilinear
            ResizeNearestNeighbor ScaleAndTranslate
            """;

    private static final String RANDOM_NUMBERS =
            """
            Multinomial ParameterizedTruncatedNormal RandomGamma RandomPoisson RandomPoissonV2 RandomShuffle RandomStandardNormal
            RandomUniform RandomUniformInt StatelessMultinomial StatelessParameterizedTruncatedNormal StatelessRandomBinomial
            StatelessRandomGammaV2 StatelessRandomGetAlg StatelessRandomGetKeyCounter StatelessRandomGetKeyCounterAlg
            StatelessRandomNormal StatelessRandomNormalV2 StatelessRandomUniform StatelessRandomUniformFullInt
            StatelessRandomUniformFullIntV2 StatelessRandomUniformInt StatelessRandomUniformIntV2 StatelessRandomUniformV2
            StatelessShuffle StatelessTruncatedNormal StatelessTruncatedNormalV2 TruncatedNormal
            """;

    static final Set<String> NAMES = Stream.of(STRUCTURE, ARITHMETIC, ARRAYS, NEURAL_NETWORKS, IMAGES, RANDOM_NUMBERS)
            .flatMap(names ->
                    Splitter.on(CharMatcher.whitespace()).omitEmptyStrings().splitToStream(names))
            .collect(ImmutableSet.toImmutableSet());

    private AllowedOps() {}

    /** An op of a graph, as messages name it. */
    record Use(String op, FlatGraph.Origin origin) {
        static Use of(FlatGraph graph, String node) {
            return new Use(graph.nodes().get(node).getOp(), graph.origins().get(node));
        }

        @Override
        public String toString() {
            return op + " (node '" + origin.node() + "'"
                    + (origin.function().isEmpty() ? ")" : " of function '" + origin.function() + "')");
        }
    }

    /** Whether running the op may change anything: those that are allowed only compute, read and draw. */
    static boolean mayHaveEffect(String op) {
        return !NAMES.contains(op);
    }

    static boolean allow(NodeDef node, TrustedOps trusted) {
        return NAMES.contains(node.getOp()) || trusted.allow(node);
    }

    /** The nodes whose op is neither allowed nor trusted, in the order of the graph. */
    static List<Use> findForbidden(FlatGraph graph, TrustedOps trusted) {
        return graph.nodes().values().stream()
                .filter(node -> !allow(node, trusted))
                .map(node -> Use.of(graph, node.getName()))
                .toList();
    }

    /** @throws UserException if an op is neither allowed nor trusted, or not known; names op, node and function */
    static void check(FlatGraph graph, TrustedOps trusted) {
        var forbidden = findForbidden(graph, trusted);
        if (!forbidden.isEmpty()) {
            throw new UserException("not allowed in a model: " + list(forbidden) + "; expected ops that only compute");
        }
    }

    /** The first of them, and how many more there are. */
    static String list(List<Use> uses) {
        return uses.stream().limit(MOST_NAMED).map(Use::toString).collect(Collectors.joining(", "))
                + (uses.size() > MOST_NAMED ? " and " + (uses.size() - MOST_NAMED) + " more" : "");
    }
}
