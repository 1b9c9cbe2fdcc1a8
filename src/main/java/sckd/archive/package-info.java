/**
 * Unpacks archives of strangers into a directory or not at all: nothing but plain files and directories, none of them outside, within limits.
 * Knows nothing of what is packed but its name in messages.
 */
package sckd.archive;
