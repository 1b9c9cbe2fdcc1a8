package sckd;

import com.google.common.collect.ImmutableMap;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The parts that a user adds to the built-in ones: {@link ServiceLoader} finds them by the files in {@code META-INF/services} on the class path. */
public final class Extensions {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

    private Extensions() {}

    /**
     * Those that the class path holds now, by their names.
     *
     * @param noun what a fault calls them
     * @param isBuiltIn whether a name is one of the program's own
     * @throws UserException if one cannot be made, or has no name of its own
     */
    public static <E> ImmutableMap<String, E> find(
            Class<E> service, String noun, Function<E, String> nameOf, Predicate<String> isBuiltIn) {
        var found = new HashMap<String, E>();
        var inOrder = ImmutableMap.<String, E>builder();
        try {
            for (var extension : ServiceLoader.load(service)) {
                var name = nameOf.apply(extension);
                check(noun, name, extension, found, isBuiltIn);
                found.put(name, extension);
                inOrder.put(name, extension);
            }
        } catch (ServiceConfigurationError e) {
            throw new UserException("an extension cannot be loaded: " + e.getMessage(), e);
        }
        return inOrder.buildOrThrow();
    }

    private static void check(
            String noun, String name, Object extension, Map<String, ?> found, Predicate<String> isBuiltIn) {
        var place = "%s '%s' of %s".formatted(noun, name, extension.getClass().getName());
        if (name == null || !NAME.matcher(name).matches()) {
            throw new UserException(place + ": no name; expected letters, digits, '.', '_' and '-'");
        }
        if (isBuiltIn.test(name)) {
            throw new UserException(place + ": the name is a built-in one's; choose another");
        }
        if (found.containsKey(name)) {
            throw new UserException("%s: the name is that of %s as well; choose another"
                    .formatted(place, found.get(name).getClass().getName()));
        }
    }
}
