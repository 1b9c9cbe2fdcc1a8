package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.BundleHeaderProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorShapeProto;
import sckd.UserException;

/** An index with right checksums and wrong entries: TensorFlow would allocate what they say. */
class CheckpointEntriesTest {
    @TempDir
    private Path directory;

    private Path index;
    private Path data;
    private Map<String, ByteString> entries;

    @BeforeEach
    void writeCheckpoint() throws IOException, SortedTable.MalformedException {
        SmallModel.write(directory, SmallModel.graphMode().build());
        SmallModel.writeGraphModeCheckpoint(directory);
        index = directory.resolve("variables/variables.index");
        data = directory.resolve("variables/variables.data-00000-of-00001");
        entries = new TreeMap<>();
        SortedTable.parse(Files.readAllBytes(index))
                .forEach((key, value) -> entries.put(key.toString(StandardCharsets.ISO_8859_1), value));
    }

    @Test
    void theIndexWrittenAnewIsTakenAsItIs() throws IOException {
        alter("kernel", entry -> {});
        assertThat(ClassifierModel.read(directory).variables()).hasSize(4);
    }

    @Test
    void aShapeThatHoldsMoreThanTheBytesIsRefused() throws IOException {
        alter("kernel", entry -> entry.setShape(GraphText.shapeProto(1L << 40)));
        assertRefused(index + " is damaged: 'kernel' is DT_FLOAT [1099511627776] and has 8 bytes");
        alter("kernel", entry -> entry.setShape(GraphText.shapeProto(1L << 40, 1L << 40)));
        assertRefused(index + " is damaged: 'kernel' is DT_FLOAT [1099511627776, 1099511627776] and has 8 bytes");
        alter("kernel", entry -> entry.setShape(GraphText.shapeProto(3)));
        assertRefused(index + " is damaged: 'kernel' is DT_FLOAT [3] and has 8 bytes");
        alter("kernel", entry -> entry.setDtype(DataType.DT_DOUBLE));
        assertRefused(index + " is damaged: 'kernel' is DT_DOUBLE [1, 2] and has 8 bytes");
        alter("kernel", entry -> entry.setDtype(DataType.DT_STRING).setShape(GraphText.shapeProto(1L << 33)));
        assertRefused(index + " is damaged: 'kernel' is DT_STRING [8589934592] and has 8 bytes");
    }

    @Test
    void aShapeThatIsNoneIsRefused() throws IOException {
        alter("kernel", entry -> entry.setShape(GraphText.shapeProto(-1, 2)));
        assertRefused(index + " is damaged: 'kernel' has the shape [?, 2]; expected a known one");
        alter("kernel", entry -> entry.setShape(TensorShapeProto.newBuilder().setUnknownRank(true)));
        assertRefused(index + " is damaged: 'kernel' has the shape of unknown rank; expected a known one");
    }

    @Test
    void bytesOutsideTheFileAreRefused() throws IOException {
        alter("kernel", entry -> entry.setOffset(Long.MAX_VALUE));
        assertRefused(data + " is cut short: it has 20 bytes, and 'kernel' ends at " + Long.MAX_VALUE);
        alter("kernel", entry -> entry.setOffset(-8));
        assertRefused(index + " is damaged: 'kernel' lies in data file 0 at -8; expected one of 1");
        alter("kernel", entry -> entry.setShardId(7));
        assertRefused(index + " is damaged: 'kernel' lies in data file 7 at 0; expected one of 1");
    }

    @Test
    void dataFilesThatAreNotThereAreNamedHoweverMany() throws IOException {
        entries.put(
                "",
                BundleHeaderProto.newBuilder()
                        .setNumShards(Integer.MAX_VALUE)
                        .build()
                        .toByteString());
        Files.write(index, IndexMutation.write(entries));
        assertRefused(directory.resolve("variables/variables.data-00000-of-2147483647")
                + " is missing; variables.index places 4 tensors in it");
    }

    @Test
    void bytesOfAnotherTensorFailTheChecksum() throws IOException {
        alter("scale", entry -> entry.setOffset(entry.getOffset() - 4));
        assertRefused(data + " is damaged: 'scale' fails its checksum; bring the file again from where it came");
    }

    private void alter(String key, Consumer<BundleEntryProto.Builder> alteration) throws IOException {
        var altered = new TreeMap<>(entries);
        altered.put(key, alter(entries.get(key), alteration));
        Files.write(index, IndexMutation.write(altered));
    }

    private static ByteString alter(ByteString entry, Consumer<BundleEntryProto.Builder> alteration)
            throws InvalidProtocolBufferException {
        var builder = BundleEntryProto.parseFrom(entry).toBuilder();
        alteration.accept(builder);
        return builder.build().toByteString();
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> ClassifierModel.read(directory))
                .isInstanceOf(UserException.class)
                .hasMessage(message);
        assertThat(Inspection.of(directory).faults()).contains(message);
    }
}
