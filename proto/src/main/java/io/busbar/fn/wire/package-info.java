/**
 * Wire forms of Fn that both directions need: the messages of the {@code RunnerProtocol},
 * generated, and beside them the call JSON, header names and dates as Fn writes them.
 */
package io.busbar.fn.wire;
