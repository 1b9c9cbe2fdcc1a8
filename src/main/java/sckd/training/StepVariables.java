package sckd.training;

import java.util.ArrayList;
import java.util.List;
import sckd.distillation.Adapter;
import sckd.graph.Variable;

/**
 * The variables that a step trains.
 *
 * @param all θ, then those of heads, then the adapters of every loss
 * @param parameters how many of them are θ
 * @param heads how many of those that follow are of heads
 */
record StepVariables(List<Variable> all, int parameters, int heads) {
    static StepVariables of(StepModels models, StepLosses losses) {
        var all = new ArrayList<>(models.variables().trainable());
        int parameters = all.size();
        models.heads().forEach(head -> all.addAll(trained(head.variables())));
        int heads = all.size() - parameters;
        losses.distillation().forEach(loss -> all.addAll(trained(loss.adapters())));
        return new StepVariables(all, parameters, heads);
    }

    private static List<Variable> trained(List<Adapter> adapters) {
        return adapters.stream()
                .filter(Adapter::trainable)
                .map(Adapter::variable)
                .toList();
    }

    boolean isParameter(int variable) {
        return variable < parameters;
    }

    boolean isAdapter(int variable) {
        return variable >= parameters + heads;
    }
}
