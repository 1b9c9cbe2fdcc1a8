package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import sckd.UserException;

class CheckpointTest {
    private static final int FOOTER_BYTES = 48;

    @TempDir
    Path model;

    private Path index;
    private Path data;

    @BeforeEach
    void writeOne() {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            SmallModel.writeCheckpoint(
                    model,
                    Map.of(
                            "conv/kernel", tf.constant(new float[][] {{1, 2, 3}, {4, 5, 6}}),
                            "conv/bias", tf.constant(new float[] {7, 8, 9}),
                            "step", tf.constant(5L),
                            "text", tf.constant("forty-two")),
                    tf,
                    session);
        }
        index = model.resolve("variables/variables.index");
        data = model.resolve("variables/variables.data-00000-of-00001");
    }

    @Test
    void aCheckpointOfTheFirstFormatIsNamed() throws IOException {
        Files.delete(index);
        var first = Files.createFile(model.resolve("variables/variables"));

        assertThatThrownBy(() -> Checkpoint.find(model))
                .isInstanceOf(UserException.class)
                .hasMessage(first + " is a checkpoint in the first format of TensorFlow, without an index;"
                        + " expected variables.index and its data files: save the model again with write_version V2");
    }

    @Test
    void readsWhatTensorFlowWrote() {
        var checkpoint = Checkpoint.find(model).orElseThrow();

        assertThat(checkpoint.entries()).containsOnlyKeys("conv/bias", "conv/kernel", "step", "text");
        var kernel = checkpoint.entries().get("conv/kernel");
        assertThat(kernel.getDtype()).isEqualTo(DataType.DT_FLOAT);
        assertThat(Shapes.of(kernel.getShape()).asArray()).containsExactly(2, 3);
        assertThat(kernel.getSize()).isEqualTo(2 * 3 * Float.BYTES);
        assertThat(checkpoint.entries().get("step").getDtype()).isEqualTo(DataType.DT_INT64);
        assertThat(checkpoint.findString("text")).contains(ByteString.copyFromUtf8("forty-two"));
        assertThat(checkpoint.findString("step")).isEmpty();
        assertThat(checkpoint.findString("lost")).isEmpty();
    }

    @Test
    void readsKeysOverManyBlocks() {
        var vectors = new HashMap<String, float[]>();
        for (int i = 0; i < 5000; i++) {
            vectors.put("layer_%04d/a rather long name of a variable/kernel".formatted(i), new float[i % 7 + 1]);
        }
        SmallModel.writeFloats(model, vectors);
        var entries = Checkpoint.find(model).orElseThrow().entries();

        assertThat(entries.keySet()).containsExactlyInAnyOrderElementsOf(vectors.keySet());
        vectors.forEach((key, vector) ->
                assertThat(entries.get(key).getShape().getDim(0).getSize()).isEqualTo(vector.length));
    }

    @Test
    void aModelWithoutOneHasNone(@TempDir Path other) {
        assertThat(Checkpoint.find(other)).isEmpty();
    }

    @Test
    void aMissingDataFileIsNamed() throws IOException {
        Files.delete(data);
        assertRefused(data + " is missing; variables.index places 4 tensors in it");
    }

    @Test
    void aShortDataFileIsNamed() throws IOException {
        Files.write(data, new byte[20]);
        assertRefused(data + " is cut short: it has 20 bytes, and 'conv/kernel' ends at 36");
    }

    @Test
    void pointersAreToldFromFiles() throws IOException {
        Files.writeString(data, "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 100000\n");
        assertRefused(data + " is a Git LFS pointer, not the file it stands for; fetch it with 'git lfs pull'");
        Files.copy(data, index, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertRefused(index + " is a Git LFS pointer, not the file it stands for; fetch it with 'git lfs pull'");
    }

    @Test
    void aCutIndexIsRefused() throws IOException {
        var bytes = Files.readAllBytes(index);
        Files.write(index, java.util.Arrays.copyOf(bytes, bytes.length - 1));
        assertRefused(index + " is no checkpoint index: its last bytes are not those of a table; it may be cut short");
        Files.write(index, new byte[3]);
        assertRefused(index + " is no checkpoint index: its last bytes are not those of a table; it may be cut short");
    }

    @Test
    void aChangedByteFailsTheChecksum() throws IOException {
        var bytes = Files.readAllBytes(index);
        bytes[10]++;
        Files.write(index, bytes);
        assertRefused(index + " is no checkpoint index: the block at 0 fails its checksum");
    }

    @Test
    void aCompressedBlockIsRefused() throws IOException {
        var bytes = Files.readAllBytes(index);
        int indexBlock = offsetOfIndexBlock(bytes);
        int size = bytes.length - FOOTER_BYTES - indexBlock - Integer.BYTES;
        bytes[indexBlock + size - 1] = 1; // snappy
        var crc = new CRC32C();
        crc.update(bytes, indexBlock, size);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(indexBlock + size, SortedTable.mask((int)
                crc.getValue()));
        Files.write(index, bytes);
        assertRefused(
                index + " is no checkpoint index: the block at " + indexBlock + " is compressed; expected a plain one");
    }

    @Test
    void aChangedStringIsRefused() throws IOException {
        var bytes = Files.readAllBytes(data);
        bytes[bytes.length - "forty-two".length() - 1]++; // in the checksum of the length
        Files.write(data, bytes);
        var checkpoint = Checkpoint.find(model).orElseThrow();
        assertThatThrownBy(() -> checkpoint.findString("text"))
                .isInstanceOf(UserException.class)
                .hasMessage(data + " is damaged: 'text' is not the string that the index says");
    }

    /** With the checksums mended, so that the mutants get past them. */
    @Test
    void mutantsOfTheIndexAreRefusedOrRead() throws IOException {
        var original = Files.readAllBytes(index);
        long seed = 20_26;
        var random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            var bytes = original.clone();
            for (int k = random.nextInt(4); k >= 0; k--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            mendChecksums(bytes, original);
            Files.write(index, bytes);
            try {
                Checkpoint.find(model);
            } catch (UserException e) {
                assertThat(e.getMessage()).as("seed %d, mutant %d", seed, i).doesNotContain("\n");
            }
        }
    }

    private static void mendChecksums(byte[] bytes, byte[] original) {
        int indexBlock = offsetOfIndexBlock(original);
        int emptyBlock = indexBlock - (2 * Integer.BYTES + 1 + Integer.BYTES);
        mendChecksum(bytes, 0, emptyBlock);
        mendChecksum(bytes, indexBlock, bytes.length - FOOTER_BYTES);
    }

    private static void mendChecksum(byte[] bytes, int start, int end) {
        var crc = new CRC32C();
        crc.update(bytes, start, end - start - Integer.BYTES);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(end - Integer.BYTES, SortedTable.mask((int)
                crc.getValue()));
    }

    /** The footer's second handle; before the index block stands an empty one, before that one block of data. */
    private static int offsetOfIndexBlock(byte[] bytes) {
        var footer = ByteBuffer.wrap(bytes, bytes.length - FOOTER_BYTES, FOOTER_BYTES);
        SortedTable.readVarint(footer);
        SortedTable.readVarint(footer);
        return (int) SortedTable.readVarint(footer);
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> Checkpoint.find(model))
                .isInstanceOf(UserException.class)
                .hasMessage(message);
    }
}
