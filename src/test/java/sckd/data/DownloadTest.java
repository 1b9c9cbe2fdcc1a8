package sckd.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.hash.Hashing;
import com.google.common.util.concurrent.Uninterruptibles;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.UserException;

/** Against a server on this machine. */
class DownloadTest {
    private static final byte[] CONTENT = new byte[300_000];
    private static final String SHA256 = Hashing.sha256().hashBytes(CONTENT).toString();

    static {
        new Random(1).nextBytes(CONTENT);
    }

    @TempDir
    private Path directory;

    private final ExecutorService answering = Executors.newCachedThreadPool();
    private HttpServer server;
    private final List<String> ranges = Collections.synchronizedList(new ArrayList<>());
    private final List<Long> progress = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private Duration patience = Duration.ofMinutes(1);

    /** Answers one request; the last answers all that follow. */
    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(answering);
        server.start();
    }

    @AfterEach
    void stop() {
        ended.countDown();
        server.stop(0);
        answering.shutdown();
    }

    private void answer(Answer... answers) {
        server.createContext("/", exchange -> {
            int number = ranges.size();
            ranges.add(String.valueOf(exchange.getRequestHeaders().getFirst("Range")));
            try (exchange) {
                answers[Math.min(number, answers.length - 1)].to(exchange);
            }
        });
    }

    private String url() {
        return "http://" + server.getAddress().getHostString() + ":"
                + server.getAddress().getPort() + "/set.bin";
    }

    private Path target() {
        return directory.resolve("deep/set.bin");
    }

    private Path partial() {
        return directory.resolve("deep/.set.bin.partial");
    }

    private boolean download(byte[] expected) {
        var file = new DownloadFile(
                url(), expected.length, Hashing.sha256().hashBytes(expected).toString());
        return new Download(file, target(), Duration.ZERO, patience).run(progress::add);
    }

    private static void whole(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, CONTENT.length);
        exchange.getResponseBody().write(CONTENT);
    }

    /** From where the client asks. */
    private static void ranged(HttpExchange exchange) throws IOException {
        int from =
                Integer.parseInt(exchange.getRequestHeaders().getFirst("Range").replaceAll("\\D", ""));
        exchange.sendResponseHeaders(206, CONTENT.length - from);
        exchange.getResponseBody().write(CONTENT, from, CONTENT.length - from);
    }

    private static void restOrWhole(HttpExchange exchange) throws IOException {
        if (exchange.getRequestHeaders().containsKey("Range")) {
            ranged(exchange);
        } else {
            whole(exchange);
        }
    }

    /** Says that it sends all, ends after {@code bytes}. */
    private static Answer breaking(int bytes) {
        return exchange -> {
            exchange.sendResponseHeaders(200, CONTENT.length);
            exchange.getResponseBody().write(CONTENT, 0, bytes);
            exchange.getResponseBody().flush();
        };
    }

    /** Sends {@code bytes}, then nothing more, and leaves the connection open. */
    private Answer stalling(int bytes) {
        return exchange -> {
            boolean asked = exchange.getRequestHeaders().containsKey("Range");
            exchange.sendResponseHeaders(asked ? 206 : 200, CONTENT.length);
            exchange.getResponseBody().write(CONTENT, 0, bytes);
            exchange.getResponseBody().flush();
            Uninterruptibles.awaitUninterruptibly(ended);
        };
    }

    private static Answer status(int status) {
        return exchange -> exchange.sendResponseHeaders(status, -1);
    }

    @Test
    void aFileTakesItsNameWhenItIsWhole() throws IOException {
        answer(DownloadTest::whole);
        assertThat(download(CONTENT)).isTrue();
        assertThat(Files.readAllBytes(target())).isEqualTo(CONTENT);
        assertThat(partial()).doesNotExist();
        assertThat(progress).isSorted().endsWith((long) CONTENT.length).hasSizeGreaterThan(3);
        assertThat(ranges).containsExactly("null");
    }

    @Test
    void aBrokenConnectionIsGoneOnWith() throws IOException {
        answer(breaking(100_000), DownloadTest::ranged);
        assertThat(download(CONTENT)).isTrue();
        assertThat(Files.readAllBytes(target())).isEqualTo(CONTENT);
        assertThat(ranges).hasSize(2);
        int from = Integer.parseInt(ranges.get(1).replaceAll("\\D", ""));
        assertThat(from).isBetween(1, 100_000);
    }

    @Test
    void whatAnEarlierCallKeptIsGoneOnWith() throws IOException {
        Files.createDirectories(partial().getParent());
        Files.write(partial(), Arrays.copyOf(CONTENT, 123_456));
        answer(DownloadTest::ranged);
        assertThat(download(CONTENT)).isTrue();
        assertThat(ranges).containsExactly("bytes=123456-");
        assertThat(progress.get(0)).isGreaterThan(123_456);
        assertThat(Files.readAllBytes(target())).isEqualTo(CONTENT);
    }

    @Test
    void aServerThatKnowsNoRangesSendsAllAgain() throws IOException {
        answer(breaking(100_000), DownloadTest::whole);
        download(CONTENT);
        assertThat(Files.readAllBytes(target())).isEqualTo(CONTENT);
    }

    @Test
    void aBusyServerIsAskedAgainButNotForEver() throws IOException {
        answer(status(503), status(503), DownloadTest::whole);
        assertThat(download(CONTENT)).isTrue();
        Files.delete(target());
        ranges.clear();
        server.removeContext("/");
        answer(status(503));
        assertFault(
                CONTENT,
                url()
                        + ": the server answered with status 503; 0 of 300,000 bytes are kept and gone on with by the same command, with --url from another place");
        assertThat(ranges).hasSize(5);
    }

    @Test
    void aConnectionThatNeverGoesOnIsGivenUpAndWhatIsThereKept() throws IOException {
        answer(breaking(100_000), status(500));
        assertThatThrownBy(() -> download(CONTENT))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("of 300,000 bytes are kept and gone on with by the same command");
        assertThat(Files.size(partial())).isBetween(1L, 100_000L);
        assertThat(target()).doesNotExist();
    }

    @Test
    void aServerThatStallsIsGivenUpAndWhatIsThereKept() throws IOException {
        Files.createDirectories(partial().getParent());
        Files.write(partial(), Arrays.copyOf(CONTENT, 123_456));
        patience = Duration.ofMillis(200);
        answer(stalling(0));
        assertFault(
                CONTENT,
                url()
                        + ": the server sent nothing for 0.2 s; 123,456 of 300,000 bytes are kept and gone on with by the same command, with --url from another place");
        assertThat(Files.size(partial())).isEqualTo(123_456);
    }

    @Test
    void aServerThatStallsInTheMiddleIsAskedForTheRest() throws IOException {
        patience = Duration.ofSeconds(1);
        answer(stalling(100_000), DownloadTest::restOrWhole);
        assertThat(download(CONTENT)).isTrue();
        assertThat(ranges).hasSizeGreaterThan(1);
        assertThat(Files.readAllBytes(target())).isEqualTo(CONTENT);
    }

    @Test
    void aServerThatDoesNotAnswerIsGivenUp() {
        patience = Duration.ofMillis(200);
        answer(exchange -> Uninterruptibles.awaitUninterruptibly(ended));
        assertFault(
                CONTENT,
                url()
                        + ": the server sent nothing for 0.2 s; 0 of 300,000 bytes are kept and gone on with by the same command, with --url from another place");
    }

    @Test
    void anotherFileIsRefusedAndNothingKept() {
        answer(DownloadTest::whole);
        var other = CONTENT.clone();
        other[7]++;
        assertFault(
                other,
                url() + ": has SHA-256 " + Hashing.sha256().hashBytes(CONTENT) + "; expected "
                        + Hashing.sha256().hashBytes(other)
                        + ": it is another file, or was damaged on its way; nothing is kept of it");
        assertThat(partial()).doesNotExist();
        assertThat(target()).doesNotExist();
        assertFault(
                Arrays.copyOf(CONTENT, 1000), url() + ": is larger than the 1,000 bytes expected: it is another file");
        assertThat(partial()).doesNotExist();
    }

    @Test
    void aFileThatIsNotThereIsTold() {
        answer(status(404));
        assertFault(
                CONTENT,
                url()
                        + ": the server answered with status 404; expected 200: look for the file elsewhere and give its directory by --url");
        assertThat(ranges).as("it is not asked again").hasSize(1);
    }

    @Test
    void aFileThatIsThereIsCheckedAndNotFetched() throws IOException {
        answer(status(404));
        Files.createDirectories(target().getParent());
        Files.write(target(), CONTENT);
        assertThat(download(CONTENT)).isFalse();
        assertThat(ranges).isEmpty();
        Files.write(target(), new byte[5]);
        assertFault(CONTENT, target() + ": is there already, but has 5 bytes; expected 300,000: move it away");
    }

    @Test
    void noServerIsTold() {
        int port = server.getAddress().getPort();
        server.stop(0);
        assertThatThrownBy(() -> download(CONTENT))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(
                        "http://" + server.getAddress().getHostString() + ":" + port + "/set.bin: no connection: ")
                .hasMessageEndingWith(
                        "; 0 of 300,000 bytes are kept and gone on with by the same command, with --url from another place");
    }

    @Test
    void publicSetsAreToldWithWholeDigests() {
        assertThat(PublicDataSet.all().keySet())
                .containsExactly("cifar10", "cifar100", "mnist", "fashion-mnist", "tiny-imagenet");
        assertThat(DataSets.all().keySet()).containsAll(PublicDataSet.all().keySet());
        for (var set : PublicDataSet.all().values()) {
            for (var file : set.files()) {
                assertThat(file.sha256()).matches("[0-9a-f]{64}");
                assertThat(file.at("https://mirror/x/").url()).isEqualTo("https://mirror/x/" + file.name());
            }
        }
    }

    private void assertFault(byte[] expected, String message) {
        assertThatThrownBy(() -> download(expected))
                .isInstanceOf(UserException.class)
                .hasMessage(message);
    }
}
