package sckd.savedmodel;

import java.util.List;
import java.util.Optional;
import sckd.data.Normalization;

/**
 * What a SavedModel does not say of itself, kept in {@code assets.extra/sckd.json} of a model that we imported or made.
 *
 * @param origin where it came from: a path, or the zoo's architecture; empty where unknown
 * @param sha256 of the source as it was, in hex; empty where unknown
 * @param input its input scaling
 * @param batchNormMomentum of the moving averages, for training: {@code moving ← momentum·moving + (1 − momentum)·batch}
 * @param classes the names of its outputs, in order; empty where unknown
 */
public record ModelCard(
        String origin,
        String sha256,
        Optional<Normalization> input,
        Optional<Float> batchNormMomentum,
        List<String> classes) {
    public static final ModelCard EMPTY = new ModelCard("", "", Optional.empty(), Optional.empty(), List.of());
}
