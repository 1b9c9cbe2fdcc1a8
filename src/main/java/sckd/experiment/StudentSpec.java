package sckd.experiment;

import java.util.List;
import sckd.distillation.NamedHead;
import sckd.savedmodel.ModelSettings;

/**
 * The model that is trained.
 *
 * @param settings how it is read and given its images; what is not stated is as its card says
 * @param heads auxiliary classifiers that are trained beside it
 */
public record StudentSpec(ModelSource model, ModelSettings settings, List<NamedHead> heads) {
    public StudentSpec {
        heads = List.copyOf(heads);
        Names.checkUnique("heads", heads.stream().map(NamedHead::name).toList());
    }
}
