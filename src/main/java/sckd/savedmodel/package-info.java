/**
 * SavedModels in and out: read, flatten, check, bind variables to checkpoint keys, switch to training, freeze, instantiate in a graph, write.
 * Knows nothing of losses, gates or data sets.
 *
 * <p>Reading takes these steps, each of which may refuse the model with one line: {@code saved_model.pb} is parsed and the signature chosen;
 * the checkpoint's index is read, its data files are there; function calls are unfolded and what the signature does not need is left out; the
 * ops that remain are judged; TensorFlow infers types and shapes; logits and layers are found; every variable is bound to its keys.
 */
package sckd.savedmodel;
