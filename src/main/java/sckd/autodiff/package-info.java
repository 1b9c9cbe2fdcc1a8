/** Gradients of each loss on its own, and what a gate needs to know of them. Knows nothing of what the losses are. */
package sckd.autodiff;
