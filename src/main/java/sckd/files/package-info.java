/** Files that appear whole or not at all. Knows nothing of what they hold. */
package sckd.files;
