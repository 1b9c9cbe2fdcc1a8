package sckd.savedmodel;

import java.util.List;

/**
 * A model that was brought in, as read from where it now is.
 *
 * @param model its card says where it came from
 * @param inspection what can be said of it: parameters, ops without gradient
 * @param classes how many it tells apart
 * @param notes what the import noticed beside the model's own notes
 */
public record ImportedModel(ClassifierModel model, Inspection inspection, int classes, List<String> notes) {}
