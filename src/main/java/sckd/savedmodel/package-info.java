/**
 * SavedModels in and out: read, flatten, check, bind variables to checkpoint keys, switch to training, freeze, instantiate in a graph, write.
 * Knows nothing of losses, gates or data sets.
 */
package sckd.savedmodel;
