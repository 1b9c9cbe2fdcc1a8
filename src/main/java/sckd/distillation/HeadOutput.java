package sckd.distillation;

import java.util.List;
import org.tensorflow.op.Op;

/**
 * A head in the graph of a step.
 *
 * @param variables its own: trained ones and moving averages; no part of θ
 * @param updates what the step has to run beside the gradients: the moving averages
 */
public record HeadOutput(NamedHead head, Head.Tensors tensors, List<Adapter> variables, List<Op> updates) {}
