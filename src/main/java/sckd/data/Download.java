package sckd.data;

import com.google.common.hash.Hashing;
import com.google.common.hash.HashingOutputStream;
import com.google.common.io.ByteStreams;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.function.LongConsumer;
import sckd.UserException;
import sckd.files.AtomicFile;
import sckd.files.IoReason;

/**
 * Gets one file over HTTP. What arrives is kept in {@code .NAME.partial} and gone on with after a broken connection or another call; the file takes its name
 * when its size and SHA-256 are right, so that a file of that name is whole.
 *
 * @param file what to get
 * @param target where it is to lie
 * @param pause before another attempt
 * @param patience the longest silence of the server, before it answers and while it sends
 */
public record Download(DownloadFile file, Path target, Duration pause, Duration patience) {
    private static final int ATTEMPTS = 5;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int OK = 200;
    private static final int PARTIAL = 206;
    private static final int UNSATISFIABLE = 416;
    private static final int SERVER_ERROR = 500;

    public Download(DownloadFile file, Path target) {
        this(file, target, Duration.ofSeconds(2), Duration.ofSeconds(30));
    }

    /**
     * @param progress told how many bytes are there
     * @return false if it was there already
     * @throws UserException if it cannot be had, or is another file than it should be
     */
    public boolean run(LongConsumer progress) {
        try {
            if (Files.exists(target)) {
                check(target, "is there already, but ");
                progress.accept(file.bytes());
                return false;
            }
            Files.createDirectories(target.toAbsolutePath().getParent());
            fetchAll(progress);
            check(partial(), "");
            AtomicFile.publish(partial(), target);
            return true;
        } catch (IOException e) {
            throw new UserException("%s: cannot be written: %s".formatted(target, IoReason.of(e, target)), e);
        }
    }

    private Path partial() {
        return target.resolveSibling("." + target.getFileName() + ".partial");
    }

    private void fetchAll(LongConsumer progress) throws IOException {
        try (var client = new PatientClient(patience)) {
            for (int attempt = 1; size() < file.bytes(); attempt++) {
                long before = size();
                try {
                    fetch(client, before, progress);
                } catch (Broken e) {
                    attempt = size() > before ? 0 : attempt; // as long as it goes on there is hope
                    if (attempt == ATTEMPTS) {
                        throw new UserException(
                                "%s: %s; %,d of %,d bytes are kept and gone on with by the same command, with --url from another place"
                                        .formatted(file.url(), e.getMessage(), size(), file.bytes()),
                                e);
                    }
                    sleep();
                }
            }
        }
    }

    private long size() throws IOException {
        return Files.exists(partial()) ? Files.size(partial()) : 0;
    }

    /** The connection failed, or ended before the file's end. */
    private static final class Broken extends Exception {
        Broken(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private void fetch(PatientClient client, long from, LongConsumer progress) throws IOException, Broken {
        var request = HttpRequest.newBuilder(URI.create(file.url()));
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        var response = send(client, request.build());
        try (var body = response.body()) {
            checkStatus(response.statusCode());
            boolean goesOn = response.statusCode() == PARTIAL;
            try (var out = goesOn
                    ? Files.newOutputStream(partial(), StandardOpenOption.APPEND)
                    : Files.newOutputStream(partial())) {
                copy(client, body, out, goesOn ? from : 0, progress);
            }
        }
    }

    private HttpResponse<InputStream> send(PatientClient client, HttpRequest request) throws Broken {
        try {
            return client.send(request);
        } catch (HttpTimeoutException e) {
            throw new Broken(e.getMessage(), e);
        } catch (IOException e) {
            throw new Broken("no connection: " + IoReason.of(e), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private void checkStatus(int status) throws IOException, Broken {
        if (status >= SERVER_ERROR) {
            throw new Broken("the server answered with status " + status, null);
        }
        if (status == UNSATISFIABLE) {
            Files.delete(partial());
            throw new Broken("the server's file is shorter than what is here", null);
        }
        if (status != OK && status != PARTIAL) {
            throw new UserException(
                    "%s: the server answered with status %s; expected 200: look for the file elsewhere and give its directory by --url"
                            .formatted(file.url(), status));
        }
    }

    /** What is written must reach the disk of the user, what is read comes from the net: the two fail in different ways. */
    private void copy(PatientClient client, InputStream body, OutputStream out, long from, LongConsumer progress)
            throws IOException, Broken {
        var buffer = new byte[BUFFER_BYTES];
        long there = from;
        while (true) {
            int count;
            try {
                count = client.read(body, buffer);
            } catch (HttpTimeoutException e) {
                throw new Broken(e.getMessage(), e);
            } catch (IOException e) {
                throw new Broken("the connection broke: " + IoReason.of(e), e);
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
            if (count < 0) {
                if (there < file.bytes()) {
                    throw new Broken("the connection ended early", null);
                }
                return;
            }
            there += count;
            if (there > file.bytes()) {
                Files.delete(partial());
                throw new UserException("%s: is larger than the %,d bytes expected: it is another file"
                        .formatted(file.url(), file.bytes()));
            }
            out.write(buffer, 0, count);
            progress.accept(there);
        }
    }

    private void check(Path path, String state) throws IOException {
        long size = Files.size(path);
        var digest = size == file.bytes() ? digest(path) : "";
        if (!digest.equals(file.sha256())) {
            var fault = size == file.bytes()
                    ? "has SHA-256 %s; expected %s".formatted(digest, file.sha256())
                    : "has %,d bytes; expected %,d".formatted(size, file.bytes());
            if (path.equals(partial())) {
                Files.delete(path);
                throw new UserException("%s: %s: it is another file, or was damaged on its way; nothing is kept of it"
                        .formatted(file.url(), fault));
            }
            throw new UserException("%s: %s%s: move it away".formatted(path, state, fault));
        }
    }

    private static String digest(Path path) throws IOException {
        try (var hashing = new HashingOutputStream(Hashing.sha256(), OutputStream.nullOutputStream());
                var content = Files.newInputStream(path)) {
            ByteStreams.copy(content, hashing);
            return hashing.hash().toString();
        }
    }

    private void sleep() {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private UserException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new UserException(file.url() + ": stopped", e);
    }
}
