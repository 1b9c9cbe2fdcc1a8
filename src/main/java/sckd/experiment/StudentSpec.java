package sckd.experiment;

import sckd.savedmodel.ModelSettings;

/**
 * The model that is trained.
 *
 * @param settings how it is read and given its images; what is not stated is as its card says
 */
public record StudentSpec(ModelSource model, ModelSettings settings) {}
