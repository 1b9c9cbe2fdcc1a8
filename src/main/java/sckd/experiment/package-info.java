/**
 * An experiment's YAML as validated records, its run directory, and the stages of a run.
 *
 * <p>{@link sckd.experiment.ExperimentFile} reads a file by the keys that {@code ExperimentKeys}, {@code TrainingKeys} and {@code DistillationKeys}
 * declare, and makes the {@link sckd.experiment.Experiment}; the reference page and the JSON Schema under {@code docs} come from the same
 * declarations. Values are checked by the records that hold them; the file's place is put before their message.
 *
 * <p>A new loss, gate, optimizer, schedule or augmentation is its record, in its own package, and one entry in the table of its sort. Users add losses and
 * gates as {@link sckd.experiment.LossKind} and {@link sckd.experiment.GateKind}.
 */
package sckd.experiment;
