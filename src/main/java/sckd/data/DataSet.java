package sckd.data;

import java.util.List;

/**
 * A classification data set: images to train on, images to test on.
 *
 * @param classes the names of the classes, in the order of their ids
 * @param normalization what is customary for it, taken by a student that has no scaling of its own
 */
public record DataSet(
        String name, List<String> classes, LabelledImages train, LabelledImages test, Normalization normalization) {}
