package sckd.training;

import sckd.data.Normalization;
import sckd.savedmodel.ClassifierModel;

/**
 * A model in its part of an experiment.
 *
 * @param name such as {@code student} or the teacher's name
 * @param input the scaling of its input
 */
public record NamedModel(String name, ClassifierModel model, Normalization input) {}
