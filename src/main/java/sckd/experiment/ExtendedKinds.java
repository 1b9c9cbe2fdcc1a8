package sckd.experiment;

import com.google.common.collect.ImmutableMap;
import java.util.function.Function;
import java.util.function.Supplier;
import sckd.Extensions;
import sckd.yaml.Kinds;
import sckd.yaml.Section;

/** A table of kinds, and behind it what users add to it. */
final class ExtendedKinds {
    private ExtendedKinds() {}

    /**
     * @param builtIn asked when the kinds are, so that a kind may have values of its own sort
     */
    static <K, E> Kinds<K> of(
            String noun,
            Supplier<ImmutableMap<String, Section<? extends K>>> builtIn,
            Class<E> service,
            Function<E, String> nameOf,
            Function<E, Section<? extends K>> sectionOf) {
        return new Kinds<>(noun, () -> {
            var all = ImmutableMap.<String, Section<? extends K>>builder().putAll(builtIn.get());
            Extensions.find(service, noun, nameOf, name -> builtIn.get().containsKey(name))
                    .forEach((name, extension) -> all.put(name, sectionOf.apply(extension)));
            return all.buildOrThrow();
        });
    }
}
