package sckd.training;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import sckd.UserException;
import sckd.files.IoReason;

/** A log of records, one JSON object a line, that can be cut back to where a checkpoint was. */
final class JsonLines implements AutoCloseable {
    private static final JsonMapper MAPPER = new JsonMapper();

    private final Path file;
    private final FileChannel channel;
    private final OutputStream out;
    private long bytes;

    private JsonLines(Path file, FileChannel channel, long bytes) {
        this.file = file;
        this.channel = channel;
        this.out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
        this.bytes = bytes;
    }

    /** Opens the log and drops what lies behind {@code bytes}. */
    static JsonLines open(Path file, long bytes) {
        try {
            var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                cut(file, channel, bytes);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
            return new JsonLines(file, channel, bytes);
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    private static void cut(Path file, FileChannel channel, long bytes) throws IOException {
        if (channel.size() < bytes) {
            throw new UserException(
                    "%s: has %s bytes, fewer than the %s of its checkpoint; put the whole file back, or start a new run"
                            .formatted(file, channel.size(), bytes));
        }
        channel.truncate(bytes);
        channel.position(bytes);
    }

    void append(Object record) {
        try {
            var line = (MAPPER.writeValueAsString(record) + "\n").getBytes(StandardCharsets.UTF_8);
            out.write(line);
            bytes += line.length;
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    /** Forces all lines to the disk. */
    void force() {
        try {
            out.flush();
            channel.force(true);
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    /** How long the log is, appended lines included. */
    long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        try (channel) {
            out.flush();
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    private static UserException failed(Path file, IOException e) {
        return new UserException(
                "%s: cannot be written: %s; mend that and go on with --resume".formatted(file, IoReason.of(e, file)),
                e);
    }
}
