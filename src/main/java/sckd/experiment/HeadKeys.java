package sckd.experiment;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import sckd.distillation.Head;
import sckd.distillation.NamedHead;
import sckd.distillation.PooledHead;
import sckd.distillation.SeparableHead;
import sckd.yaml.Keys;
import sckd.yaml.Kinds;
import sckd.yaml.ListType;
import sckd.yaml.NumberType;
import sckd.yaml.Range;
import sckd.yaml.Section;
import sckd.yaml.TextType;
import sckd.yaml.Values;

/** The keys of {@code heads}. A new head is one more entry of the table. */
final class HeadKeys {
    private static final Kinds<Head> HEADS = new Kinds<>(
            "head",
            ImmutableMap.of(
                    "separable",
                    Section.kind(
                            SeparableHead.class,
                            "TOFD's, on a layer of maps: blocks of separable convolutions, of which each halves the map and doubles the channels, the mean over each map, one dense layer.",
                            keys -> {
                                var blocks = keys.optional(
                                        "blocks",
                                        NumberType.WHOLE.within(Range.atLeast(1)),
                                        1,
                                        SeparableHead::blocks,
                                        "How many.");
                                return values -> new SeparableHead(values.get(blocks));
                            }),
                    "pooled",
                    Section.kind(
                            PooledHead.class,
                            "The simplest, on any layer: the mean over each map or all tokens, one dense layer.",
                            keys -> values -> new PooledHead())));

    private static final Section<NamedHead> HEAD = Section.of(
            NamedHead.class,
            "head",
            "An auxiliary classifier, trained beside its model and not exported with it. It adds the layers `heads/NAME/feature`, vectors, and `heads/NAME/logits`, which losses may name. The momentum of its batch norm is the model's `batch-norm-momentum`, or else 0.9.",
            keys -> {
                var name = keys.required("name", Names.TYPE, NamedHead::name, "Unique in its model.");
                var head = keys.kind(HEADS, NamedHead::head);
                var layer = keys.required(
                        "layer", TextType.TEXT, NamedHead::layer, "Of the model. `sckd inspect` lists them.");
                var weight = keys.optional(
                        "weight",
                        NumberType.FLOAT.within(Range.atLeast(0)),
                        1f,
                        NamedHead::weight,
                        "Of its cross-entropy with the labels, which is part of the supervised loss.");
                return values ->
                        new NamedHead(values.get(name), values.get(head), values.get(layer), values.get(weight));
            });

    private HeadKeys() {}

    /** Declares {@code heads} in a model's section; the result makes the list of the values. None are not written. */
    static <T> Function<Values, List<NamedHead>> declare(
            Keys<T> keys, Function<T, List<NamedHead>> get, String meaning) {
        var heads = keys.maybe(
                "heads",
                new ListType<>(HEAD),
                get.andThen(list -> Optional.of(list).filter(some -> !some.isEmpty())),
                meaning);
        return values -> values.get(heads).orElse(List.of());
    }
}
