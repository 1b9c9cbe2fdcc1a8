package sckd.savedmodel;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import sckd.data.Normalization;

/**
 * What a user can say of a model that its SavedModel does not, or leaves open. Stated in an experiment or on the command line, or kept in the
 * model's {@link ModelCard}; what is empty is found out.
 *
 * @param tags of the meta graph, all of them; a list of none is one without tags
 * @param signature by its name
 * @param input how images come in
 * @param output the output of the signature, or the tensor of its graph, that holds the logits or what a Softmax makes of them
 * @param classes the names of the model's outputs, in order; empty: not known
 * @param batchNormMomentum of the moving averages, for training: {@code moving ← momentum·moving + (1 − momentum)·batch}
 * @param trustedOps op kinds that this model may hold beside the allowed ones; never kept in a card, which comes with a stranger's model
 */
public record ModelSettings(
        Optional<List<String>> tags,
        Optional<String> signature,
        InputSettings input,
        Optional<String> output,
        List<String> classes,
        Optional<Float> batchNormMomentum,
        Set<String> trustedOps) {
    public static final ModelSettings NONE = new ModelSettings(
            Optional.empty(),
            Optional.empty(),
            InputSettings.NONE,
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Set.of());

    public ModelSettings {
        tags = tags.map(List::copyOf);
        classes = List.copyOf(classes);
        trustedOps = ImmutableSet.copyOf(trustedOps);
        tags.ifPresent(names -> checkArgument(
                names.stream().noneMatch(String::isBlank), "tags is %s; expected the tags of a meta graph", names));
        batchNormMomentum.ifPresent(momentum ->
                checkArgument(momentum >= 0 && momentum <= 1, "batch-norm-momentum is %s; expected 0 to 1", momentum));
        classes.forEach(
                name -> checkArgument(!name.isBlank(), "classes holds an empty name; expected a name for each"));
    }

    /** A scaling and nothing else. */
    public static ModelSettings ofScaling(Normalization scaling) {
        return NONE.withInput(InputSettings.ofScaling(scaling));
    }

    /** What is stated here, and what is not as the others state it, key by key; trusted are the ops that either trusts. */
    public ModelSettings or(ModelSettings others) {
        return new ModelSettings(
                tags.or(others::tags),
                signature.or(others::signature),
                input.or(others.input),
                output.or(others::output),
                classes.isEmpty() ? others.classes : classes,
                batchNormMomentum.or(others::batchNormMomentum),
                ImmutableSet.<String>builder()
                        .addAll(trustedOps)
                        .addAll(others.trustedOps)
                        .build());
    }

    /** These with another input. */
    public ModelSettings withInput(InputSettings other) {
        return new ModelSettings(tags, signature, other, output, classes, batchNormMomentum, trustedOps);
    }

    /** These with other names of classes; empty: not known. */
    public ModelSettings withClasses(List<String> names) {
        return new ModelSettings(tags, signature, input, output, names, batchNormMomentum, trustedOps);
    }

    /** These with another momentum of moving averages. */
    public ModelSettings withBatchNormMomentum(float momentum) {
        return new ModelSettings(tags, signature, input, output, classes, Optional.of(momentum), trustedOps);
    }

    /** These without any trust, as a card may keep them. */
    public ModelSettings withoutTrust() {
        return new ModelSettings(tags, signature, input, output, classes, batchNormMomentum, Set.of());
    }
}
