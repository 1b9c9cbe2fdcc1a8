/**
 * What TensorFlow-Java lacks for graph mode: float32 resource variables, session runs that leave nothing open, tensor bundles (the files of
 * a checkpoint). Knows nothing of models, images or losses.
 */
package sckd.graph;
