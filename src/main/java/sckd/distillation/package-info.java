/** What is specific to the field: losses, gates and heads, one small class each. Knows nothing of YAML, sessions or files. */
package sckd.distillation;
