package sckd.experiment;

import com.google.common.collect.Lists;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/** The reference page of experiment files, in Markdown: a section for each mapping, a row for each key. */
final class ReferencePage {
    private static final String INTRODUCTION =
            """
            # Experiment files

            An experiment is one YAML file: the data, the student, the teachers, the losses between them, and how all of it is trained.
            `sckd train FILE.yaml` runs it; `sckd train --list` lists the built-in ones.

            - Every fault of a file is reported at once, each with its line, the path of its key and what was expected.
            - `--set training.epochs=3` changes a value from the command line. The path goes through keys; a list item is named by its
              index or its `name`: `losses[0].weight`, `losses.output.weight`. The value is YAML.
            - Where a mapping has a `kind`, the bare name stands for a mapping without further keys: `gate: none` is `gate: {kind: none}`.
            - Relative paths start at the working directory.
            - The run directory holds the experiment as it was run, defaults and `--set` included, in `experiment.yaml`.
            - Editors complete and check the file with the [JSON Schema](experiment.schema.json); the YAML language server takes it from a first
              line `# yaml-language-server: $schema=docs/experiment.schema.json`.

            This page is made from the declarations that read the file. The built-in `%1$s` as an example:

            ```yaml
            %2$s```
            """;
    private static final String EXAMPLE = "cifar10-resnet56-cnn2";

    private final StringBuilder text = new StringBuilder();
    private final Set<Type<?>> met = new HashSet<>();

    private ReferencePage() {
        var example = BuiltInExperiment.find(EXAMPLE).orElseThrow();
        text.append(INTRODUCTION.formatted(EXAMPLE, example.text()));
    }

    static String text() {
        var page = new ReferencePage();
        page.add(ExperimentKeys.EXPERIMENT);
        return page.text.toString();
    }

    /** A value as it would stand in the file. */
    static String code(Object value) {
        var options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.FLOW);
        options.setWidth(Integer.MAX_VALUE);
        return "`" + new Yaml(options).dump(value).strip() + "`";
    }

    static String link(String title) {
        return "[" + title + "](#" + title + ")";
    }

    private void add(Type<?> type) {
        if (met.add(type)) {
            type.document(this);
            type.parts().forEach(this::add);
        }
    }

    <T> void section(String title, String meaning, List<Part<T, ?>> members) {
        text.append("\n## ").append(title).append("\n\n").append(meaning).append("\n\n");
        row(List.of("key", "type", "default", "meaning"));
        row(Collections.nCopies(4, "---"));
        members.forEach(member -> row(member.cells()));
        members.forEach(member -> member.offered().ifPresent(this::kinds));
    }

    private void kinds(Kinds<?> kinds) {
        text.append("\n");
        row(List.of("kind", "key", "type", "default", "meaning"));
        row(Collections.nCopies(5, "---"));
        kinds.sections().forEach((name, section) -> {
            row(List.of(code(name), "", "", "", section.meaning()));
            section.members()
                    .forEach(member -> row(Lists.asList("", member.cells().toArray(String[]::new))));
        });
    }

    private void row(List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
}
