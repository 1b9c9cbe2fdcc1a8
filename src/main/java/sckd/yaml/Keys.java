package sckd.yaml;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Collects the keys of a section in the order in which it declares them. */
public final class Keys<T> {
    private final List<Part<T, ?>> parts = new ArrayList<>();

    public <V> Part<T, V> required(String name, Type<V> type, Function<T, V> get, String meaning) {
        return add(new Key<>(name, type, Optional.empty(), get, meaning));
    }

    public <V> Part<T, V> optional(String name, Type<V> type, V absent, Function<T, V> get, String meaning) {
        return add(new Key<>(name, type, Optional.of(absent), get, meaning));
    }

    /** A key without a default: the record knows that nothing was given. */
    public <V> Part<T, Optional<V>> maybe(String name, Type<V> type, Function<T, Optional<V>> get, String meaning) {
        return add(new Key<>(name, new OptionalType<>(type), Optional.of(Optional.empty()), get, meaning));
    }

    /** {@code kind:} and the keys of the kind. */
    public <K> Part<T, K> kind(Kinds<K> kinds, Function<T, K> get) {
        return add(new KindPart<>(kinds, get));
    }

    List<Part<T, ?>> parts() {
        return List.copyOf(parts);
    }

    private <V> Part<T, V> add(Part<T, V> part) {
        parts.add(part);
        return part;
    }
}
