package sckd.cli;

import java.time.Duration;

/** Where progress goes: standard error, a terminal or not. */
final class Terminal {
    /** How often a line of progress is written where there is no terminal. */
    static final Duration LOG_INTERVAL = Duration.ofSeconds(10);

    /** How often a bar is drawn. */
    static final int DRAW_MILLISECONDS = 250;

    private static final String PROPERTY = "sckd.terminal";

    private Terminal() {}

    /**
     * Whether standard error is a terminal. Java cannot tell; the launcher does. Without it, a program whose input and output are a terminal's
     * most likely has one for its errors as well.
     */
    static boolean isStandardError() {
        var told = System.getProperty(PROPERTY);
        return told == null ? System.console() != null : Boolean.parseBoolean(told);
    }
}
