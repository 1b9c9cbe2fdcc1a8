package sckd.data;

import com.google.common.collect.ImmutableMap;
import java.nio.file.Path;
import java.util.Map;
import sckd.UserException;

/** The data sets known by name. */
public final class DataSets {
    private static final Map<String, Reader> ALL = ImmutableMap.<String, Reader>builder()
            .put("cifar10", new CifarReader(CifarFormat.TEN))
            .put("cifar100", new CifarReader(CifarFormat.HUNDRED))
            .put("mnist", IdxReader.MNIST)
            .put("fashion-mnist", IdxReader.FASHION)
            .put("tiny-imagenet", ImageFolderReader.TINY_IMAGENET)
            .put("imagenet", ImageFolderReader.IMAGENET)
            .put("image-folder", ImageFolderReader.ANY)
            .put("npz", new NpzReader())
            .put("tfrecord", new RecordReader())
            .put("shapes", new Shapes(8000, 2000, 1))
            .buildOrThrow();

    /** Reads a data set's files, or makes one that has none. */
    public interface Reader {
        /**
         * @param path directory or archive of the files, as the user gave it
         * @throws sckd.UserException if files are missing, damaged or of another kind
         */
        DataSet read(Path path);

        /**
         * @param reading how image files are read; a set whose images have their size takes none but the default
         */
        default DataSet read(Path path, ImageReading reading) {
            if (!reading.equals(ImageReading.DEFAULT)) {
                throw new UserException(
                        "data.images (for one command: --image-size, --crop-share) says how image files are read; the images of this data set have their size and their parts: leave it out");
            }
            return read(path);
        }

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
