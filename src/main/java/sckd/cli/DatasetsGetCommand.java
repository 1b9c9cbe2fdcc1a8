package sckd.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import sckd.Nearest;
import sckd.UserException;
import sckd.data.Download;
import sckd.data.PublicDataSet;

/** {@code sckd datasets get}: downloads a data set. */
@Command(
        name = "get",
        header = "Download a data set and check it by SHA-256.",
        description = {
            "A file takes its name when it is whole. What arrived before a broken connection, or Ctrl-C, is gone on with by the same command.",
            "Data sets have terms of their own; the page that each comes from states them."
        },
        footer = {"", "Example:", "  sckd datasets get cifar10"})
final class DatasetsGetCommand extends JsonCommand implements Callable<Integer> {
    /** Their names, for the help. */
    static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return PublicDataSet.all().keySet().iterator();
        }
    }

    @Parameters(
            paramLabel = "NAME",
            description = "One of ${COMPLETION-CANDIDATES}.",
            completionCandidates = Names.class)
    private String name;

    @Option(
            names = "--to",
            paramLabel = "DIR",
            defaultValue = "datasets",
            description = "The directory of the data sets; default: ${DEFAULT-VALUE}.")
    private Path to;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "A mirror: the address of the directory that holds the same files.")
    private String url;

    @Spec
    private CommandSpec spec;

    /**
     * What is printed with {@code --json}.
     *
     * @param path to give as the data set's
     * @param downloaded files that were not there yet
     */
    record Report(String name, String path, List<String> files, List<String> downloaded, String next) {}

    @Override
    public Integer call() {
        var set = PublicDataSet.all().get(name);
        if (set == null) {
            throw new UserException("unknown data set '%s'; %s"
                    .formatted(name, Nearest.hint(name, PublicDataSet.all().keySet())));
        }
        checkUrl();
        var files = new ArrayList<String>();
        var downloaded = new ArrayList<String>();
        for (var file : set.files()) {
            var target = to.resolve(set.folder()).resolve(file.name());
            var source = url == null ? file : file.at(url);
            files.add(target.toString());
            try (var progress = new DownloadProgress(
                    err(), file.name(), file.bytes(), Terminal.isStandardError(), System::nanoTime)) {
                if (new Download(source, target).run(progress)) {
                    downloaded.add(target.toString());
                }
            }
        }
        var report = new Report(name, to.resolve(set.path()).toString(), files, downloaded, set.next());
        json.print(report, text(report));
        return 0;
    }

    private void checkUrl() {
        if (url != null && !url.matches("https?://[^\\s?#]+")) {
            throw new UserException(
                    "--url is '%s'; expected the address of a directory, such as https://host/mirror".formatted(url));
        }
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }

    private static String text(Report report) {
        var lines = new ArrayList<String>();
        report.files()
                .forEach(file -> lines.add(file
                        + (report.downloaded().contains(file) ? ": downloaded and checked" : ": was there, checked")));
        lines.add("use it by: dataset: %s, path: %s%s"
                .formatted(report.name(), report.path(), report.next().isEmpty() ? "" : " (" + report.next() + ")"));
        return String.join("\n", lines);
    }
}
