package sckd.savedmodel;

import com.google.common.collect.ImmutableSet;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.proto.MetaGraphDef;
import sckd.UserException;

/** Which of a SavedModel's meta graphs is read: the one place that decides it. */
final class MetaGraphChoice {
    private static final String SERVE = "serve";

    private MetaGraphChoice() {}

    /**
     * The one of exactly the stated tags, in any order. Where none are stated that of {@code serve} alone, else the only one that has
     * {@code serve} among its tags, else the only one.
     *
     * @throws UserException if there is no such, or more than one; lists what there is
     */
    static MetaGraphDef choose(Path path, List<MetaGraphDef> metaGraphs, Optional<List<String>> stated) {
        return stated.map(tags -> findExact(metaGraphs, tags))
                .orElseGet(() -> findUsual(metaGraphs))
                .orElseThrow(() -> new UserException(path + ": "
                        + stated.map(tags -> "no meta graph has exactly the tags " + tags)
                                .orElse(
                                        metaGraphs.isEmpty()
                                                ? "no meta graph has the tag 'serve'"
                                                : "which meta graph to use is open")
                        + "; it holds " + describe(metaGraphs)
                        + (metaGraphs.isEmpty() ? "" : ": state `tags` of one of them")));
    }

    /** The tags of a meta graph, in its order. */
    static List<String> tags(MetaGraphDef metaGraph) {
        return List.copyOf(metaGraph.getMetaInfoDef().getTagsList());
    }

    /** What to tell of a choice that nobody stated. */
    static Optional<String> findNote(MetaGraphDef chosen, Optional<List<String>> stated) {
        return stated.isPresent() || tags(chosen).contains(SERVE)
                ? Optional.empty()
                : Optional.of("No meta graph has the tag 'serve'; the only one, " + tags(chosen) + ", is used.");
    }

    private static Optional<MetaGraphDef> findUsual(List<MetaGraphDef> metaGraphs) {
        var serving = metaGraphs.stream()
                .filter(metaGraph -> tags(metaGraph).contains(SERVE))
                .toList();
        return findExact(metaGraphs, List.of(SERVE)).or(() -> onlyOne(serving)).or(() -> onlyOne(metaGraphs));
    }

    private static Optional<MetaGraphDef> findExact(List<MetaGraphDef> metaGraphs, List<String> tags) {
        Set<String> wanted = ImmutableSet.copyOf(tags);
        return metaGraphs.stream()
                .filter(metaGraph -> ImmutableSet.copyOf(tags(metaGraph)).equals(wanted))
                .findFirst();
    }

    private static Optional<MetaGraphDef> onlyOne(List<MetaGraphDef> metaGraphs) {
        return metaGraphs.size() == 1 ? Optional.of(metaGraphs.get(0)) : Optional.empty();
    }

    private static String describe(List<MetaGraphDef> metaGraphs) {
        return metaGraphs.isEmpty()
                ? "no meta graph"
                : metaGraphs.stream()
                        .map(metaGraph -> tags(metaGraph).toString())
                        .collect(Collectors.joining(", "));
    }
}
