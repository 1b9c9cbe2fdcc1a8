package sckd.training;

/**
 * One of the student's heads in one step.
 *
 * @param loss its cross-entropy with the labels in nats, without its weight
 * @param accuracy its top-1 of the batch in training mode, 0 to 1
 */
public record HeadRecord(String name, float loss, float accuracy) {}
