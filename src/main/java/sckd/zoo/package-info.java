/** Architectures of the compared systems, written as SavedModels and from then on loaded like anybody's. */
package sckd.zoo;
