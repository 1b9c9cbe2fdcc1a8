package sckd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetsCommandTest {
    @TempDir
    private Path directory;

    @Test
    void listsWhatCanBeDownloaded() throws IOException {
        assertThat(Sckd.run("datasets", "list").assertFine().out())
                .contains("data set          MB  ")
                .contains("cifar10        170.1  ");
        var json = Sckd.run("datasets", "list", "--json").assertFine().json();
        assertThat(json).hasSize(5);
        assertThat(json.get(2).get("name").asText()).isEqualTo("mnist");
        assertThat(json.get(2).get("files")).hasSize(4);
    }

    @Test
    void explainsItselfInEightyColumns() {
        for (var command : new String[][] {{"datasets"}, {"datasets", "list"}, {"datasets", "get"}}) {
            var words = new java.util.ArrayList<>(java.util.List.of(command));
            words.add("--help");
            var help = Sckd.run(words.toArray(String[]::new)).assertFine().out();
            assertThat(help.lines()).allMatch(line -> line.length() <= 80);
            assertThat(help).contains("Usage: sckd " + String.join(" ", command));
        }
    }

    @Test
    void aNameOfNoSetNamesTheNearest() {
        Sckd.run("datasets", "get", "cifar1O").assertRefused("unknown data set 'cifar1O'; nearest: cifar10");
        Sckd.run("datasets", "get", "mnist", "--url", "ftp://x")
                .assertRefused("--url is 'ftp://x'; expected the address of a directory, such as https://host/mirror");
    }

    @Test
    void aMirrorIsAskedForTheSameFiles() throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        server.start();
        try {
            var mirror = "http://" + server.getAddress().getHostString() + ":"
                    + server.getAddress().getPort() + "/m";
            Sckd.run("datasets", "get", "mnist", "--to", directory.toString(), "--url", mirror)
                    .assertRefused(
                            mirror
                                    + "/train-images-idx3-ubyte.gz: the server answered with status 404; expected 200: look for the file elsewhere and give its directory by --url");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void progressIsALineNowAndThenWhereThereIsNoTerminal() {
        var err = new StringWriter();
        var clock = new AtomicLong();
        try (var progress = new DownloadProgress(new PrintWriter(err), "a.gz", 40_000_000, false, clock::get)) {
            progress.accept(10_000_000);
            clock.set(9_000_000_000L);
            progress.accept(15_000_000);
            assertThat(err.toString()).isEmpty();
            clock.set(10_000_000_000L);
            progress.accept(20_000_000);
        }
        assertThat(err.toString())
                .isEqualTo("a.gz  50 %  20.0 of 40.0 MB  1.0 MB/s  0:20 left" + System.lineSeparator());
    }
}
