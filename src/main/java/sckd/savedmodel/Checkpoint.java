package sckd.savedmodel;

import com.google.common.collect.Maps;
import com.google.common.math.LongMath;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.BundleHeaderProto;
import org.tensorflow.proto.DataType;
import sckd.UserException;

/**
 * The tensor bundle of a SavedModel: {@code variables.index} says where in the data files each key's tensor lies. Read in Java, so that a
 * damaged one gets a message and not an end of the process.
 *
 * @param prefix the files' common path, as RestoreV2 takes it
 * @param entries by key; of a tensor that is stored in slices, what is known of the whole
 */
record Checkpoint(Path prefix, int shards, Map<String, BundleEntryProto> entries) {
    /** Begins the key of a slice: an encoding of name and place that is no text. */
    private static final byte SLICE = 0;

    private static final int LONGEST_STRING = 1 << 28;

    /**
     * Reads the index, and checks that the data files are there and long enough. Their checksums are for {@link DataChecksums}.
     *
     * @return empty where there is no index: a model without variables needs none
     * @throws UserException if a file is missing, cut short or damaged
     */
    static Optional<Checkpoint> find(Path directory) {
        var prefix = directory.resolve("variables").resolve("variables");
        var index = indexPath(prefix);
        if (!Files.isRegularFile(index)) {
            checkNotFirstFormat(prefix);
            return Optional.empty();
        }
        try {
            var table = SortedTable.parse(ModelFile.read(index));
            var checkpoint = parse(prefix, table);
            checkpoint.checkShards(parseEntries(Maps.filterKeys(table, key -> !key.isEmpty())));
            return Optional.of(checkpoint);
        } catch (SortedTable.MalformedException e) {
            throw new UserException(index + " is no checkpoint index: " + e.getMessage(), e);
        } catch (InvalidProtocolBufferException e) {
            throw new UserException(index + " is damaged: an entry cannot be parsed as a protobuf", e);
        }
    }

    /** TF 1's first format is one file without an index; no loader of SavedModels takes it. */
    private static void checkNotFirstFormat(Path prefix) {
        if (Files.isRegularFile(prefix)) {
            throw new UserException(prefix + " is a checkpoint in the first format of TensorFlow, without an index;"
                    + " expected variables.index and its data files: save the model again with write_version V2");
        }
    }

    private static Path indexPath(Path prefix) {
        return prefix.resolveSibling(prefix.getFileName() + ".index");
    }

    Path index() {
        return indexPath(prefix);
    }

    private static Checkpoint parse(Path prefix, Map<ByteString, ByteString> table)
            throws InvalidProtocolBufferException, SortedTable.MalformedException {
        var header = BundleHeaderProto.parseFrom(table.getOrDefault(ByteString.EMPTY, ByteString.EMPTY));
        if (header.getEndianness() != BundleHeaderProto.Endianness.LITTLE) {
            throw new SortedTable.MalformedException("its numbers are big-endian; expected little-endian");
        }
        if (header.getNumShards() < 1) {
            throw new SortedTable.MalformedException("its header names no data file");
        }
        var entries = parseEntries(Maps.filterKeys(table, key -> !key.isEmpty() && key.byteAt(0) != SLICE));
        return new Checkpoint(prefix, header.getNumShards(), Collections.unmodifiableMap(entries));
    }

    private static Map<String, BundleEntryProto> parseEntries(Map<ByteString, ByteString> table)
            throws InvalidProtocolBufferException {
        var entries = new TreeMap<String, BundleEntryProto>();
        for (var entry : table.entrySet()) {
            entries.put(entry.getKey().toStringUtf8(), BundleEntryProto.parseFrom(entry.getValue()));
        }
        return entries;
    }

    /** One of its data files. */
    Path shard(int shard) {
        return prefix.resolveSibling("%s.data-%05d-of-%05d".formatted(prefix.getFileName(), shard, shards));
    }

    /** @param stored all that lies in the data files, slices too */
    private void checkShards(Map<String, BundleEntryProto> stored) {
        var lengths = new HashMap<Integer, Long>();
        for (var key : stored.keySet()) {
            var entry = stored.get(key);
            int shard = entry.getShardId();
            if (shard < 0 || shard >= shards || entry.getOffset() < 0 || entry.getSize() < 0) {
                throw new UserException(index() + " is damaged: '" + key + "' lies in data file " + shard + " at "
                        + entry.getOffset() + "; expected one of " + shards);
            }
            if (entry.getSlicesCount() > 0) {
                continue; // nothing lies there: its slices have entries of their own
            }
            BundleEntryCheck.findFault(entry).ifPresent(fault -> {
                throw new UserException(index() + " is damaged: '" + key + "' " + fault);
            });
            long length = lengths.computeIfAbsent(shard, each -> shardLength(each, stored.values()));
            if (entry.getSize() > length || entry.getOffset() > length - entry.getSize()) {
                throw new UserException(shard(shard) + " is cut short: it has " + length + " bytes, and '" + key
                        + "' ends at " + LongMath.saturatedAdd(entry.getOffset(), entry.getSize()));
            }
        }
    }

    private long shardLength(int shard, Collection<BundleEntryProto> stored) {
        var path = shard(shard);
        if (!Files.isRegularFile(path)) {
            long tensors = stored.stream()
                    .filter(entry -> entry.getShardId() == shard && entry.getSlicesCount() == 0)
                    .count();
            throw new UserException(
                    path + " is missing; " + index().getFileName() + " places " + tensors + " tensors in it");
        }
        ModelFile.checkNotPointer(path);
        try {
            return Files.size(path);
        } catch (IOException e) {
            throw new UserException(path + " cannot be read: " + e, e);
        }
    }

    /**
     * The string under a key that holds a scalar of type string: varint length, checksum of the length, bytes.
     *
     * @throws UserException if the bytes are not what the index says
     */
    Optional<ByteString> findString(String key) {
        var entry = entries.get(key);
        if (entry == null
                || entry.getDtype() != DataType.DT_STRING
                || entry.getShape().getDimCount() != 0) {
            return Optional.empty();
        }
        var bytes = ByteBuffer.wrap(readBytes(entry)).order(ByteOrder.LITTLE_ENDIAN);
        try {
            long length = SortedTable.readVarint(bytes);
            int checksum = bytes.getInt();
            if (length == bytes.remaining() && SortedTable.mask(crcOfLength(length)) == checksum) {
                return Optional.of(ByteString.copyFrom(bytes));
            }
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            // falls through to the same message
        }
        throw new UserException(
                shard(entry.getShardId()) + " is damaged: '" + key + "' is not the string that the index says");
    }

    /** TensorFlow takes a length as four bytes where it fits, else as eight. */
    private static int crcOfLength(long length) {
        var bytes =
                ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
        var crc = new CRC32C();
        crc.update(bytes.array(), 0, length <= 0xffffffffL ? Integer.BYTES : Long.BYTES);
        return (int) crc.getValue();
    }

    /** A string is read whole: the objects of a model take kilobytes. */
    private int checkLength(BundleEntryProto entry) {
        if (entry.getSize() > LONGEST_STRING) {
            throw new UserException("%s is damaged: a string of it has %d bytes; expected at most %d"
                    .formatted(index(), entry.getSize(), LONGEST_STRING));
        }
        return (int) entry.getSize();
    }

    private byte[] readBytes(BundleEntryProto entry) {
        var path = shard(entry.getShardId());
        try (var file = Files.newByteChannel(path)) {
            var bytes = ByteBuffer.allocate(checkLength(entry));
            file.position(entry.getOffset());
            while (bytes.hasRemaining() && file.read(bytes) >= 0) {}
            return bytes.array();
        } catch (IOException e) {
            throw new UserException(path + " cannot be read: " + e, e);
        }
    }
}
