package sckd;

import com.google.common.base.CharMatcher;
import java.util.List;

/**
 * A mistake of the user's that the message mends: one line that names the file, the key or the tensor, what was expected and what would
 * mend it. The command line prints the message alone and exits with 2. Faults of the program itself are ordinary exceptions.
 */
public final class UserException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final int LONGEST_NAME = 200;

    public UserException(String message) {
        super(onOneLine(message));
    }

    public UserException(String message, Throwable cause) {
        super(onOneLine(message), cause);
    }

    /** Several mistakes that are told together, a line each. */
    public static UserException ofLines(List<String> messages) {
        return new UserException(messages.stream().map(UserException::onOneLine).toList());
    }

    private UserException(List<String> lines) {
        super(String.join("\n", lines));
    }

    /** At most 200 characters of a name that may be a stranger's, for a message. */
    public static String shorten(String name) {
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "…";
    }

    /** Names out of a user's file may hold line breaks and worse. */
    private static String onOneLine(String message) {
        return CharMatcher.javaIsoControl().replaceFrom(message, '?');
    }
}
