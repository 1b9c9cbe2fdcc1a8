/** What is specific to the field: losses and gates, one small class each. Knows nothing of YAML, sessions or files. */
package sckd.distillation;
