package sckd.training;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.function.Function;
import org.tensorflow.op.Op;
import sckd.distillation.Adapter;
import sckd.distillation.GateOutput;
import sckd.distillation.HeadOutput;
import sckd.distillation.LossOutput;
import sckd.graph.Variable;

/**
 * What lasts from step to step: the student, its heads, the adapters of losses, the optimizer's slots, what the gate remembers.
 *
 * @param initialize first values of all of it
 * @param updates change it
 * @param heads the variables of the student's heads
 * @param saved all of it
 */
record StepState(List<Op> initialize, List<Op> updates, List<Variable> heads, List<Variable> saved) {
    static StepState of(StepModels models, StepLosses losses, Optimizer.Updates optimizer, GateOutput gate) {
        var ofHeads = joined(models.heads(), HeadOutput::variables);
        var ofLosses = joined(losses.distillation(), LossOutput::adapters);
        var heads = each(ofHeads, Adapter::variable);
        return new StepState(
                ImmutableList.<Op>builder()
                        .addAll(optimizer.initialize())
                        .add(models.variables().restore())
                        .addAll(each(ofHeads, Adapter::initialize))
                        .addAll(each(ofLosses, Adapter::initialize))
                        .addAll(each(gate.state(), GateOutput.State::initialize))
                        .build(),
                ImmutableList.<Op>builder()
                        .addAll(optimizer.updates())
                        .addAll(models.student().updates())
                        .addAll(joined(models.heads(), HeadOutput::updates))
                        .addAll(joined(losses.distillation(), LossOutput::updates))
                        .addAll(gate.updates())
                        .build(),
                heads,
                ImmutableList.<Variable>builder()
                        .addAll(models.variables().byHandle().values())
                        .addAll(heads)
                        .addAll(each(ofLosses, Adapter::variable))
                        .addAll(optimizer.slots())
                        .addAll(each(gate.state(), GateOutput.State::variable))
                        .build());
    }

    private static <T, R> List<R> each(List<T> parts, Function<T, R> get) {
        return parts.stream().map(get).toList();
    }

    private static <T, R> List<R> joined(List<T> parts, Function<T, List<R>> get) {
        return parts.stream().map(get).flatMap(List::stream).toList();
    }
}
