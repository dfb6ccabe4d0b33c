/**
 * What both sides of Fn's {@code RunnerProtocol} need: the front side that is a runner, and the
 * worker side that calls runners.
 */
package io.busbar.fn;
