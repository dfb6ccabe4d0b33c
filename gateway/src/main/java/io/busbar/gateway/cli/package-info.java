/**
 * The command line: the root command {@code busbar}, what all nouns share (exit codes, output
 * formats, errors on one line) and the noun {@code config}.
 */
package io.busbar.gateway.cli;
