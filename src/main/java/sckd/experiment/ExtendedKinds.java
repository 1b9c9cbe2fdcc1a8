package sckd.experiment;

import com.google.common.collect.ImmutableMap;
import java.util.function.Function;
import sckd.Extensions;
import sckd.yaml.Kinds;
import sckd.yaml.Section;

/** A table of kinds, and behind it what users add to it. */
final class ExtendedKinds {
    private ExtendedKinds() {}

    static <K, E> Kinds<K> of(
            String noun,
            ImmutableMap<String, Section<? extends K>> builtIn,
            Class<E> service,
            Function<E, String> nameOf,
            Function<E, Section<? extends K>> sectionOf) {
        return new Kinds<>(noun, () -> {
            var all = ImmutableMap.<String, Section<? extends K>>builder().putAll(builtIn);
            Extensions.find(service, noun, nameOf, builtIn::containsKey)
                    .forEach((name, extension) -> all.put(name, sectionOf.apply(extension)));
            return all.buildOrThrow();
        });
    }
}
