package sckd.files;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Locale;
import sckd.UserException;

/** Why a file operation failed, as words for a message: Java's file exceptions often say no more than the path. */
public final class IoReason {
    private IoReason() {}

    /** One line without a full stop such as {@code access denied: models/a/saved_model.pb} or {@code No space left on device}. */
    public static String of(IOException e) {
        return oneLine(e instanceof FileSystemException file ? of(file) : plain(e));
    }

    /** As above, without the path where it is {@code named}, which the message names already. */
    public static String of(IOException e, Path named) {
        var repeated = ": " + named;
        var reason = of(e);
        return reason.endsWith(repeated) ? reason.substring(0, reason.length() - repeated.length()) : reason;
    }

    /** What to tell of a file or a directory of the user's that cannot be read. */
    public static UserException unreadable(Path path, IOException cause) {
        return new UserException("%s: cannot be read: %s".formatted(path, of(cause, path)), cause);
    }

    private static String of(FileSystemException e) {
        var reason = e.getReason() == null ? kind(e) : e.getReason();
        return e.getFile() == null ? reason : reason + ": " + e.getFile();
    }

    private static String plain(IOException e) {
        if (e instanceof EOFException) {
            return "the file ends too early";
        }
        return e.getMessage() == null ? kind(e) : e.getMessage();
    }

    /** {@code AccessDeniedException} is {@code access denied}. */
    private static String kind(IOException e) {
        return e.getClass()
                .getSimpleName()
                .replaceFirst("Exception$", "")
                .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                .toLowerCase(Locale.ROOT);
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\R", " ").replaceFirst("\\.$", "");
    }
}
