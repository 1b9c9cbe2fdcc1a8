package sckd.data;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.SimpleTimeLimiter;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import com.google.common.util.concurrent.TimeLimiter;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;

/**
 * An HTTP client that waits for a server so long and no longer, for its answer and for each part of the body. (The timeout of a JDK 17 request ends with
 * the headers: a body that stalls would be waited for without end.)
 */
final class PatientClient implements AutoCloseable {
    private final Duration patience;
    private final HttpClient client =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
    private final ExecutorService waiting = Executors.newSingleThreadExecutor(
            new ThreadFactoryBuilder().setNameFormat("download").setDaemon(true).build());
    private final TimeLimiter limiter = SimpleTimeLimiter.create(waiting);

    /** @param patience the longest silence of a server */
    PatientClient(Duration patience) {
        this.patience = patience;
    }

    /** The answer, once its headers are there. */
    HttpResponse<InputStream> send(HttpRequest request) throws IOException, InterruptedException {
        return await(() -> client.send(request, BodyHandlers.ofInputStream()));
    }

    /** As {@link InputStream#read(byte[])} of a body. */
    int read(InputStream body, byte[] buffer) throws IOException, InterruptedException {
        return await(() -> body.read(buffer));
    }

    /** @throws HttpTimeoutException if it takes too long; it is interrupted then */
    private <T> T await(Callable<T> call) throws IOException, InterruptedException {
        try {
            return limiter.callWithTimeout(call, patience);
        } catch (TimeoutException e) {
            var silence =
                    new HttpTimeoutException("the server sent nothing for %s s".formatted(patience.toMillis() / 1e3));
            silence.initCause(e);
            throw silence;
        } catch (ExecutionException e) {
            Throwables.throwIfInstanceOf(e.getCause(), IOException.class);
            throw new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void close() {
        waiting.shutdownNow();
    }
}
