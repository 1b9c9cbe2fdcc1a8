package sckd.yaml;

import com.google.common.base.CharMatcher;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Set;
import sckd.UserException;

/** The faults found in a file and its overrides: collected, so that the user hears of all of them at once. */
final class Faults {
    private final Set<Fault> faults = new LinkedHashSet<>();

    void add(Place place, YamlPath path, String message) {
        faults.add(new Fault(place, path, message));
    }

    /** Adds that {@code value} is something else than was expected. */
    void addUnexpected(YamlValue value, YamlPath path, String expected) {
        add(value.place(), path, "is " + value.describe() + "; expected " + expected);
    }

    boolean isEmpty() {
        return faults.isEmpty();
    }

    /**
     * @throws UserException if there is a fault: a line each, those of the file by line, then those of the overrides
     */
    void check() {
        if (!faults.isEmpty()) {
            throw UserException.ofLines(faults.stream()
                    .sorted(Comparator.comparing((Fault fault) -> fault.place.isOverride())
                            .thenComparing(fault -> fault.place.line()))
                    .map(Fault::line)
                    .toList());
        }
    }

    private record Fault(Place place, YamlPath path, String message) {
        /** Without line breaks or escape sequences that the file may hold. */
        String line() {
            var line = place.prefix() + (path.steps().isEmpty() ? "" : path + ": ") + message;
            return CharMatcher.javaIsoControl().replaceFrom(line, ' ');
        }
    }
}
