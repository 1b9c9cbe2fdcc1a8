/**
 * The step graph, optimizers, schedules, the loop, checkpoints, evaluation. Knows nothing of YAML or the command line.
 */
package sckd.training;
