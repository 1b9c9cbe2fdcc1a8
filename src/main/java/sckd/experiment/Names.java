package sckd.experiment;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import sckd.Nearest;
import sckd.yaml.TextType;
import sckd.yaml.Type;

/** Names that a user chooses: they appear in logs, directories, tensor names and in the paths of {@code --set}. */
final class Names {
    static final String PATTERN = "^[A-Za-z0-9][A-Za-z0-9_-]*$";

    /** Under a key; the record that holds it checks it. */
    static final Type<String> TYPE = new TextType<>("a name", "name", Optional.of(PATTERN), text -> text, text -> text);

    private static final Pattern FORM = Pattern.compile(PATTERN);
    private static final String EXPECTED = "expected letters, digits, - and _";

    private Names() {}

    static void check(String key, String name) {
        checkArgument(isValid(name), "%s is '%s'; %s", key, name, EXPECTED);
    }

    /**
     * The names of a list, for the record that holds it.
     *
     * @throws IllegalArgumentException with a line for each that is malformed or that an earlier one has
     */
    static void checkUnique(String list, List<String> names) {
        var faults = new ArrayList<String>();
        findFaults(list, names, faults);
        checkArgument(faults.isEmpty(), "%s", String.join("\n", faults));
    }

    /** Adds a fault for each name that is malformed or that an earlier one has. */
    static void findFaults(String list, List<String> names, List<String> faults) {
        for (int i = 0; i < names.size(); i++) {
            var name = names.get(i);
            int first = names.indexOf(name);
            if (!isValid(name)) {
                faults.add("%s[%d].name is '%s'; %s".formatted(list, i, name, EXPECTED));
            } else if (first < i) {
                faults.add("%s[%d].name is '%s', as %s[%d].name is; expected unique names"
                        .formatted(list, i, name, list, first));
            }
        }
    }

    /**
     * The fault of a key that names something other than what stands before its owner.
     *
     * @param noun of what can be named
     * @param owner of the key
     * @param before the names that stand before it
     */
    static String notBefore(String key, String named, String noun, String owner, List<String> before) {
        return "%s is '%s', which is no %s before '%s'; %s"
                .formatted(
                        key,
                        named,
                        noun,
                        owner,
                        before.isEmpty() ? "there is none before it" : Nearest.hint(named, before));
    }

    static boolean isValid(String name) {
        return FORM.matcher(name).matches();
    }
}
