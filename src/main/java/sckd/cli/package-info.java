/**
 * The command line: one class a subcommand, which parses, calls and prints; progress on a terminal and in a log; faults as one line and an exit
 * code. Knows nothing of how anything is done.
 */
package sckd.cli;
