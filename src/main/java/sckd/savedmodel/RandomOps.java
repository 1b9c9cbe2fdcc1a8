package sckd.savedmodel;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableSet;
import java.util.Set;
import org.tensorflow.proto.NodeDef;

/** The ops that draw random numbers, and those through which a number's value does not get. */
final class RandomOps {
    /** Of floats from 0 to 1. */
    static final Set<String> UNIFORM =
            set("RandomUniform StatefulUniform StatelessRandomUniform StatelessRandomUniformV2");

    /** Of mean 0. */
    static final Set<String> NORMAL = set(
            """
            RandomStandardNormal StatefulStandardNormalV2 StatefulTruncatedNormal StatelessRandomNormal StatelessRandomNormalV2
            StatelessTruncatedNormal StatelessTruncatedNormalV2 TruncatedNormal
            """);

    private static final Set<String> OTHERS = set(
            """
            Multinomial ParameterizedTruncatedNormal RandomGamma RandomPoisson RandomPoissonV2 RandomShuffle RandomUniformInt
            RngReadAndSkip StatefulRandomBinomial StatefulUniformFullInt StatefulUniformInt StatelessMultinomial
            StatelessParameterizedTruncatedNormal StatelessRandomBinomial StatelessRandomGammaV2 StatelessRandomUniformFullInt
            StatelessRandomUniformFullIntV2 StatelessRandomUniformInt StatelessRandomUniformIntV2 StatelessShuffle
            """);

    /** These draw, and move the state of a generator: nothing else sees it. */
    private static final Set<String> MOVING_A_GENERATOR = set(
            """
            RngReadAndSkip RngSkip StatefulRandomBinomial StatefulStandardNormalV2 StatefulTruncatedNormal StatefulUniform
            StatefulUniformFullInt StatefulUniformInt
            """);

    private static final Set<String> OF_SHAPES = set("OnesLike Rank Shape ShapeN Size VariableShape ZerosLike");

    private RandomOps() {}

    private static Set<String> set(String names) {
        return Splitter.on(CharMatcher.whitespace())
                .omitEmptyStrings()
                .splitToStream(names)
                .collect(ImmutableSet.toImmutableSet());
    }

    static boolean draws(NodeDef node) {
        return UNIFORM.contains(node.getOp()) || NORMAL.contains(node.getOp()) || OTHERS.contains(node.getOp());
    }

    static boolean movesAGenerator(NodeDef node) {
        return MOVING_A_GENERATOR.contains(node.getOp());
    }

    /** Whether a node's result follows from the shapes of what it takes alone. */
    static boolean isOfShapes(NodeDef node) {
        return OF_SHAPES.contains(node.getOp());
    }
}
