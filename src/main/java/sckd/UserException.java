package sckd;

import com.google.common.base.CharMatcher;

/**
 * A mistake of the user's that the message mends: one line that names the file, the key or the tensor, what was expected and what would
 * mend it. The command line prints the message alone and exits with 2. Faults of the program itself are ordinary exceptions.
 */
public final class UserException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public UserException(String message) {
        super(onOneLine(message));
    }

    public UserException(String message, Throwable cause) {
        super(onOneLine(message), cause);
    }

    /** Names out of a user's file may hold line breaks and worse. */
    private static String onOneLine(String message) {
        return CharMatcher.javaIsoControl().replaceFrom(message, '?');
    }
}
