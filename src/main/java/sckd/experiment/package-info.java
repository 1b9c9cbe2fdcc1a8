/**
 * An experiment's YAML as validated records, its run directory, and the stages of a run. The only room that knows YAML.
 *
 * <p>{@link sckd.experiment.ExperimentFile} reads a file: {@code YamlParser} makes values with their lines, {@code Overrides} applies
 * {@code --set}, and the {@code Section} of the whole file, declared in {@code ExperimentKeys}, makes the {@link sckd.experiment.Experiment}.
 * A {@code Section} is the one declaration of a mapping: names, types, defaults and meaning of its keys and the record that they make. It reads,
 * writes, and yields the reference page and the JSON Schema under {@code docs}. Values are checked by the records that hold them; the
 * file's place is put before their message.
 *
 * <p>A new loss, gate, optimizer, schedule or augmentation is its record, in its own package, and one entry in the table of its sort.
 */
package sckd.experiment;
