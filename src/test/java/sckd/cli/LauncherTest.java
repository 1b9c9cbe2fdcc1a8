package sckd.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.base.Splitter;
import com.google.common.io.MoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher with a java and a mvn that only say that they were called. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    private static final List<String> TOOLS = List.of(
            "awk",
            "cat",
            "cut",
            "dirname",
            "find",
            "flock",
            "grep",
            "head",
            "mkdir",
            "readlink",
            "rm",
            "sed",
            "sleep",
            "tail",
            "touch");
    private static final String BUILDING = "sckd: building";

    @TempDir
    Path place;

    private Path home;
    private Path bin;

    /** A call of the launcher: its exit code and what was written. */
    private record Call(int code, String out, String err) {}

    @BeforeEach
    void install() throws IOException {
        home = Files.createDirectories(place.resolve("a home"));
        bin = Files.createDirectories(place.resolve("bin"));
        Files.createDirectories(home.resolve("src/main"));
        Files.writeString(home.resolve("pom.xml"), "<project/>");
        Files.copy(Path.of("sckd"), home.resolve("sckd"));
        for (var tool : TOOLS) {
            var found = findTool(tool);
            if (found.isPresent()) {
                writeTool(tool, "exec '" + found.get() + "' \"$@\"");
            }
        }
        writeJava("17.0.15", "for word; do echo \"[$word]\"; done");
        writeMaven("mkdir -p \"$home/target/lib\"; touch -t 200001010000 \"$home/target/sckd.jar\"");
    }

    private static Optional<Path> findTool(String name) {
        return Splitter.on(':')
                .splitToStream(System.getenv("PATH"))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private void writeJava(String version, String body) throws IOException {
        writeTool(
                "java",
                "[ \"$1\" != -version ] || { echo 'openjdk version \"" + version + "\"' >&2; exit 0; }\n" + body);
    }

    private void writeMaven(String body) throws IOException {
        writeTool("mvn", "home='" + home + "'\necho built >>\"$home/builds\"\n" + body);
    }

    private void writeTool(String name, String body) throws IOException {
        var tool = bin.resolve(name);
        Files.writeString(tool, "#!/bin/sh\n" + body + "\n");
        assertThat(tool.toFile().setExecutable(true)).isTrue();
    }

    private Process start(Path script, String... arguments) throws IOException {
        return start(script, Map.of(), arguments);
    }

    private Process start(Path script, Map<String, String> environment, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(script.toString()));
        command.addAll(Arrays.asList(arguments));
        var builder = new ProcessBuilder(command).directory(place.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", bin.toString());
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static Call await(Process process) throws IOException, InterruptedException {
        process.getOutputStream().close();
        var out = new String(process.getInputStream().readAllBytes());
        var err = new String(process.getErrorStream().readAllBytes());
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Call(process.exitValue(), out, err);
    }

    private Call run(String... arguments) throws IOException, InterruptedException {
        return await(start(home.resolve("sckd"), arguments));
    }

    private long builds() throws IOException {
        var log = home.resolve("builds");
        return Files.exists(log) ? Files.readAllLines(log).size() : 0;
    }

    @Test
    void buildsOnceThenRuns() throws Exception {
        var first = run("train", "my file.yaml");
        assertThat(first.err()).startsWith(BUILDING);
        assertThat(first.out()).contains("[-jar]\n[" + home + "/target/sckd.jar]\n[train]\n[my file.yaml]\n");
        assertThat(first.code()).isZero();
        assertThat(run("train").err()).isEmpty();
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void buildsAgainWhereASourceIsNewer() throws Exception {
        run();
        var source = Files.writeString(home.resolve("src/main/A.java"), "class A {}");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(2)));
        assertThat(run().err()).startsWith(BUILDING);
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void runsThroughALinkFromAnotherDirectory() throws Exception {
        var link = Files.createSymbolicLink(place.resolve("link"), Path.of("a home/sckd"));
        var linkToLink = Files.createSymbolicLink(
                Files.createDirectories(place.resolve("d")).resolve("s"), link);
        assertThat(await(start(linkToLink, "--help")).out()).contains("[" + home + "/target/sckd.jar]\n[--help]\n");
    }

    @Test
    void theExitCodeIsThatOfTheProgram() throws Exception {
        writeJava("21.0.1", "exit 143");
        assertThat(run("train").code()).isEqualTo(143);
    }

    @Test
    void tellsJavaThatTheErrorsAreNoTerminal() throws Exception {
        assertThat(run().out()).contains("[-Dsckd.terminal=false]\n");
    }

    @Test
    void aClassPathOfOnesOwnStandsBehindTheProgram() throws Exception {
        run();
        Files.createDirectories(place.resolve("my parts"));
        Files.createFile(place.resolve("a.jar"));
        var builder = start(home.resolve("sckd"), Map.of("SCKD_CLASSPATH", "my parts:a.jar"), "train", "my file.yaml");
        assertThat(await(builder).out())
                .endsWith("[-cp]\n[" + home
                        + "/target/sckd.jar:my parts:a.jar]\n[sckd.cli.Main]\n[train]\n[my file.yaml]\n")
                .doesNotContain("-jar");
        var wrong = await(start(home.resolve("sckd"), Map.of("SCKD_CLASSPATH", "my parts:b.jar:"), "train"));
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err())
                .isEqualTo(
                        "sckd: SCKD_CLASSPATH has 'b.jar', which is not there; expected jars and directories with a colon between them\n");
    }

    @Test
    void callsAtOnceBuildOnce() throws Exception {
        assumeTrue(Files.exists(bin.resolve("flock")), "there is no flock");
        writeMaven("sleep 1; mkdir -p \"$home/target\"; touch -t 200001010000 \"$home/target/sckd.jar\"");
        var processes = List.of(start(home.resolve("sckd"), "a"), start(home.resolve("sckd"), "b"));
        for (var process : processes) {
            assertThat(await(process).code()).isZero();
        }
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void aBrokenBuildIsToldInAFewLines() throws Exception {
        writeMaven(
                """
                echo '[INFO] ------'
                echo '[ERROR] COMPILATION ERROR : '
                echo '[ERROR] /src/A.java:[1,2] missing ;'
                echo '[ERROR] /src/A.java:[1,2] missing ;'
                echo '[ERROR] Failed to execute goal compile: Compilation failure -> [Help 1]'
                echo '[ERROR] -> [Help 1]'
                echo '[ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.'
                echo '[ERROR] '
                exit 1""");
        var call = run("train");
        assertThat(call.err().lines())
                .containsExactly(
                        "sckd: building (the first time downloads about 200 MB of libraries; with an NVIDIA GPU 550 MB)",
                        "/src/A.java:[1,2] missing ;",
                        "Failed to execute goal compile: Compilation failure",
                        "sckd: the build failed; its log: " + home + "/target/build.log");
        assertThat(call.code()).isEqualTo(2);
    }

    @Test
    void aBuildThatDoesNotEvenStartShowsWhatItSaid() throws Exception {
        writeMaven("echo 'The JAVA_HOME environment variable is not defined correctly'; exit 1");
        assertThat(run().err())
                .contains("\nThe JAVA_HOME environment variable is not defined correctly\nsckd: the build");
    }

    @Test
    void withoutJava() throws Exception {
        Files.delete(bin.resolve("java"));
        assertRefused("no 'java' to run; sckd needs JDK 17 or newer, on the PATH or in JAVA_HOME");
    }

    @Test
    void withAnOldJava() throws Exception {
        var wanted = "; sckd needs JDK 17 or newer, on the PATH or in JAVA_HOME";
        writeJava("11.0.2", "exit 0");
        assertRefused("'java' is Java 11" + wanted);
        writeJava("1.8.0_392", "exit 0");
        assertRefused("'java' is Java 1" + wanted);
    }

    @Test
    void withoutMaven() throws Exception {
        Files.delete(bin.resolve("mvn"));
        assertRefused("no 'mvn' on the PATH; building sckd needs Maven 3.8 or newer");
    }

    @Test
    void withoutAPlaceForTheBuild() throws Exception {
        Files.writeString(home.resolve("target"), "no directory");
        assertRefused("nothing is built or a source is newer, and you may not write " + home
                + "/target; let its owner run " + home + "/sckd --version once");
    }

    private void assertRefused(String message) throws IOException, InterruptedException {
        assertThat(run()).isEqualTo(new Call(2, "", "sckd: " + message + "\n"));
        assertThat(MoreFiles.listFiles(home)).doesNotContain(home.resolve("builds"));
    }
}
