/** An experiment's YAML as validated records, its run directory, and the stages of a run. The only room that knows YAML. */
package sckd.experiment;
