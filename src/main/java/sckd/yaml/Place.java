package sckd.yaml;

/**
 * Where a value was written: a line of a file, or an override of the command line.
 *
 * @param source the file as the user named it, or {@link #OVERRIDE}
 * @param line from 1; 0 for an override
 */
record Place(String source, int line) {
    private static final String SET = "--set";
    static final Place OVERRIDE = new Place(SET, 0);

    /** What stands before a fault: {@code file:line: } or {@code --set }. */
    String prefix() {
        return isOverride() ? SET + " " : source + ":" + line + ": ";
    }

    boolean isOverride() {
        return line == 0;
    }
}
