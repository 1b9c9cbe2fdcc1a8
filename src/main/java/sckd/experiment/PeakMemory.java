package sckd.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The largest resident memory of this process since {@link #start}, where the system tells it (Linux). */
final class PeakMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path RESET = Path.of("/proc/self/clear_refs");
    private static final String RESET_PEAK = "5"; // proc(5)
    private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");

    private PeakMemory() {}

    /** Forgets earlier peaks; where that is not allowed, the peak is that of the whole process. */
    static void start() {
        try {
            if (Files.exists(RESET)) {
                Files.writeString(RESET, RESET_PEAK);
            }
        } catch (IOException e) {
            // an upper bound is left
        }
    }

    /** In MiB; 0 where it is not known. */
    static long mebibytes() {
        try {
            if (!Files.exists(STATUS)) {
                return 0;
            }
            var peak = PEAK.matcher(Files.readString(STATUS));
            return peak.find() ? Long.parseLong(peak.group(1)) / 1024 : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
