/**
 * Architectures of the compared systems, written as SavedModels and from then on loaded like anybody's. A new one is one class that implements
 * {@link sckd.zoo.Architecture} and one line in {@link sckd.zoo.Zoo}; users add theirs as {@link sckd.zoo.ArchitectureKind}. Knows
 * nothing of training: the graphs are for inference.
 */
package sckd.zoo;
