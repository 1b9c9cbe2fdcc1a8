package sckd.data;

import com.google.common.collect.ImmutableMap;
import java.nio.file.Path;
import java.util.Map;

/** The data sets known by name. */
public final class DataSets {
    private static final Map<String, Reader> ALL = ImmutableMap.of(
            "cifar10", new CifarReader(CifarFormat.TEN),
            "cifar100", new CifarReader(CifarFormat.HUNDRED),
            "mnist", IdxReader.MNIST,
            "fashion-mnist", IdxReader.FASHION,
            "shapes", new Shapes(8000, 2000, 1));

    /** Reads a data set's files, or makes one that has none. */
    public interface Reader {
        /**
         * @param path directory or archive of the files, as the user gave it
         * @throws sckd.UserException if files are missing, damaged or of another kind
         */
        DataSet read(Path path);

        /** Whether there are files to read; where not, {@code path} is ignored. */
        default boolean needsFiles() {
            return true;
        }
    }

    private DataSets() {}

    /** In the order in which they are listed to users. */
    public static Map<String, Reader> all() {
        return ALL;
    }
}
