package sckd.savedmodel;

import com.google.common.base.Joiner;
import com.google.common.base.Splitter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds the layers of a model that can serve as features. A layer is a name scope; its feature is the last tensor in it that depends on the
 * images, leads to the logits and is float of rank 4 (maps), 3 (tokens) or 2 (vectors). Of nested scopes that end in the same tensor the outermost counts.
 *
 * <p>What the calls of functions added to names is taken off, and so is the scope that all layers share (the model's own). Keras 3 traces
 * a model twice and numbers every scope of the second trace {@code …_1}: where all scopes of a model carry one number, it is taken off.
 */
final class FeatureLayers {
    private static final Pattern CALL = Pattern.compile("(Stateful)?PartitionedCall(_\\d+)?");
    private static final Pattern NUMBER = Pattern.compile("_\\d+$");

    private FeatureLayers() {}

    /** The tensor of each layer by its name, in the order in which they are computed. */
    static Map<String, TensorName> find(FlatGraph graph, TensorTypes types, ModelInput input, TensorName logits) {
        var candidates = candidates(graph, types, input, logits);
        var paths =
                withoutSharedScope(candidates.stream().map(FeatureLayers::path).toList());
        var last = new LinkedHashMap<List<String>, TensorName>();
        for (int i = 0; i < paths.size(); i++) {
            var scopes = scopes(paths.get(i));
            for (int depth = 1; depth <= scopes.size(); depth++) {
                var scope = scopes.subList(0, depth);
                last.remove(scope); // so that it moves to the end
                last.put(scope, candidates.get(i));
            }
        }
        var layers = new LinkedHashMap<String, TensorName>();
        last.forEach((scope, tensor) -> {
            boolean isOutermost = scope.size() == 1 || !tensor.equals(last.get(scope.subList(0, scope.size() - 1)));
            if (isOutermost) {
                layers.put(Joiner.on('/').join(scope), tensor);
            }
        });
        return layers;
    }

    private static List<TensorName> candidates(
            FlatGraph graph, TensorTypes types, ModelInput input, TensorName logits) {
        Set<String> fromImages = OtherInputs.without(graph).descendants(List.of(input.node()));
        Set<String> toLogits = graph.ancestors(List.of(logits.node()));
        return graph.nodes().keySet().stream()
                .filter(fromImages::contains)
                .filter(toLogits::contains)
                .filter(name ->
                        !name.equals(input.node()) && !NodeAppender.isAppended(name) && !graph.isAuxiliary(name))
                .map(name -> new TensorName(name, 0))
                .filter(types::isFloat)
                .filter(tensor -> {
                    int rank = types.shape(tensor).numDimensions();
                    return rank >= 2 && rank <= 4;
                })
                .toList();
    }

    /** The scopes around a node and its own name, without those of calls. */
    private static List<String> path(TensorName tensor) {
        return Splitter.on('/')
                .splitToStream(tensor.node())
                .filter(part -> !CALL.matcher(part).matches())
                .toList();
    }

    private static List<List<String>> withoutSharedScope(List<List<String>> paths) {
        var trimmed = paths;
        var shared = new ArrayList<String>();
        while (trimmed.stream().allMatch(path -> path.size() > 1)
                && trimmed.stream().anyMatch(path -> path.size() > 2)
                && trimmed.stream().map(path -> path.get(0)).distinct().count() == 1) {
            shared.add(trimmed.get(0).get(0));
            trimmed = trimmed.stream().map(path -> path.subList(1, path.size())).toList();
        }
        var scopes = new ArrayList<>(shared);
        trimmed.stream().filter(path -> path.size() > 1).forEach(path -> scopes.add(path.get(0)));
        var number = shared.isEmpty() ? Optional.<String>empty() : commonNumber(scopes);
        return number.isEmpty() ? trimmed : withoutNumber(trimmed, number.get());
    }

    /** The scopes alone; a node that stands in none is a layer of its own. */
    private static List<String> scopes(List<String> path) {
        return path.size() > 1 ? path.subList(0, path.size() - 1) : path;
    }

    private static Optional<String> commonNumber(List<String> scopes) {
        var numbers = scopes.stream()
                .map(scope -> {
                    var number = NUMBER.matcher(scope);
                    return number.find() ? number.group() : "";
                })
                .distinct()
                .toList();
        return numbers.size() == 1 && !numbers.get(0).isEmpty() ? Optional.of(numbers.get(0)) : Optional.empty();
    }

    private static List<List<String>> withoutNumber(List<List<String>> paths, String number) {
        return paths.stream()
                .<List<String>>map(path -> path.stream()
                        .map(scope ->
                                scope.endsWith(number) ? scope.substring(0, scope.length() - number.length()) : scope)
                        .toList())
                .toList();
    }
}
