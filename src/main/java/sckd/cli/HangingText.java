package sckd.cli;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import com.google.common.base.Strings;
import java.util.ArrayList;
import java.util.List;

/**
 * Text that is wrapped between words, its further lines set in below the first.
 *
 * @param label before the first line, padded to the width of the indentation
 */
record HangingText(String label, int indentation) {
    /** Columns of a terminal that everybody has. */
    static final int WIDTH = 80;

    private static final Splitter WORDS = Splitter.on(CharMatcher.whitespace()).omitEmptyStrings();

    /** Lines of at most {@link #WIDTH} columns; a longer word has a line of its own. */
    List<String> lines(String text) {
        var lines = new ArrayList<String>();
        var line = new StringBuilder(Strings.padEnd(label, indentation, ' '));
        boolean isEmpty = true;
        for (var word : WORDS.split(text)) {
            if (!isEmpty && line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line = new StringBuilder(" ".repeat(indentation));
                isEmpty = true;
            }
            line.append(isEmpty ? "" : " ").append(word);
            isEmpty = false;
        }
        lines.add(line.toString().stripTrailing());
        return lines;
    }
}
