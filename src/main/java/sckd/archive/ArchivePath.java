package sckd.archive;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The place of an archive's entry, beneath the directory that it is unpacked to. */
final class ArchivePath {
    private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:.*", Pattern.DOTALL);
    private static final CharMatcher UNPRINTABLE = CharMatcher.javaIsoControl();

    private ArchivePath() {}

    /**
     * The relative path that {@code name} states; empty for the archive's own top, as in {@code ./}.
     *
     * @throws IllegalArgumentException if the path could lead elsewhere, on this system or another; the message goes on after the entry's name
     */
    static Path parse(String name) {
        checkArgument(!name.startsWith("/"), "is an absolute path");
        checkArgument(!DRIVE.matcher(name).matches(), "begins with a drive letter");
        checkArgument(name.indexOf('\\') < 0, "has a backslash");
        checkArgument(UNPRINTABLE.matchesNoneOf(name), "has a control character");
        var path = Path.of("");
        for (var segment : Splitter.on('/').omitEmptyStrings().split(name)) {
            checkArgument(!segment.equals(".."), "leads out by '..'");
            path = segment.equals(".") ? path : path.resolve(segment);
        }
        return path;
    }
}
