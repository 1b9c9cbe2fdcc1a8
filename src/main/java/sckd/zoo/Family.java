package sckd.zoo;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Architectures whose names are made by one rule.
 *
 * @param rule the form of the names, for people, such as {@code wrn-DEPTH-WIDTH}
 * @param pattern matches every name of that form, a group for each part that varies
 * @param listed names to show: the published networks
 */
record Family(String rule, Pattern pattern, List<String> listed, Maker maker) {
    /** Makes the network of a name. */
    interface Maker {
        /** @throws IllegalArgumentException if there is no network with such numbers; the message says what was expected */
        Architecture make(MatchResult name, int classes);
    }

    /** @param listed names between white space */
    static Family of(String rule, String pattern, Maker maker, String listed) {
        var names = Splitter.on(CharMatcher.whitespace()).omitEmptyStrings().splitToList(listed);
        return new Family(rule, Pattern.compile(pattern), names, maker);
    }

    /** A single architecture of a user's. */
    static Family of(ArchitectureKind kind) {
        var name = kind.name();
        return new Family(
                name, Pattern.compile(Pattern.quote(name)), List.of(name), (match, classes) -> kind.make(classes));
    }

    boolean hasForm(String name) {
        return pattern.matcher(name).matches();
    }

    /**
     * Empty where the name has another form.
     *
     * @throws IllegalArgumentException if it has this form and there is no such network
     */
    Optional<Architecture> find(String name, int classes) {
        var matcher = pattern.matcher(name);
        return matcher.matches() ? Optional.of(maker.make(matcher.toMatchResult(), classes)) : Optional.empty();
    }
}
