package sckd.experiment;

/** What is told of experiment files outside of the program: the reference page to people, the JSON Schema to their editors. */
final class ExperimentReference {
    private static final String INTRODUCTION =
            """
            # Experiment files

            An experiment is one YAML file: the data, the student, the teachers, the losses between them, and how all of it is trained.
            `sckd train FILE.yaml` runs it; `sckd train --list` lists the built-in ones.

            - The faults of a file are reported together, each with its line, the path of its key and what was expected. What holds between two
              mappings (a loss that names a teacher, names that must be unique) is looked at once each of them is right.
            - `--set training.epochs=3` changes a value from the command line. The path goes through keys; a list item is named by its
              index or its `name`: `losses[0].weight`, `losses.output.weight`. The value is YAML.
            - Where a mapping has a `kind`, the bare name stands for a mapping without further keys: `gate: none` is `gate: {kind: none}`.
            - Schemes are written with these keys: an assistant (TAKD) is a teacher with `training` and `losses`; a hint stage (FitNets) stands in
              `stages`; an ensemble is a loss whose `teacher` is a list; early stopping (ESKD) is the gate `schedule`, or a teacher with a short
              `training`. `gate` gates each of them.
            - Relative paths start at the working directory.
            - The run directory holds the experiment as it was run, defaults and `--set` included, in `experiment.yaml`.
            - Editors complete and check the file with the [JSON Schema](experiment.schema.json); the YAML language server takes it from a first
              line `# yaml-language-server: $schema=docs/experiment.schema.json`.

            This page is made from the declarations that read the file. The built-in `%1$s` as an example:

            ```yaml
            %2$s```
            """;
    private static final String EXAMPLE = "cifar10-resnet56-cnn2";

    private ExperimentReference() {}

    static String page() {
        var example = BuiltInExperiment.find(EXAMPLE).orElseThrow();
        return ExperimentFile.FORMAT.referencePage(INTRODUCTION.formatted(EXAMPLE, example.text()));
    }

    static String jsonSchema() {
        return ExperimentFile.FORMAT.jsonSchema("sckd experiment");
    }
}
