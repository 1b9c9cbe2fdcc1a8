package sckd.data;

import java.nio.file.Path;
import java.util.Map;

/** The data sets known by name. */
public final class DataSets {
    /** Reads a data set's files, or makes one that has none ({@code path} is then ignored). */
    public interface Reader {
        DataSet read(Path path, long seed);
    }

    private DataSets() {}

    public static Map<String, Reader> all() {
        throw new UnsupportedOperationException();
    }
}
