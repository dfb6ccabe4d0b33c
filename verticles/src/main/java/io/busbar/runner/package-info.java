/**
 * Front side for Fn load balancers: the gateway is a runner of Fn's {@code RunnerProtocol}, and a
 * TryCall becomes a call to a pool. What is supported, and where it differs from Fn's own runner,
 * stands in docs/protocols/fn.md.
 */
package io.busbar.runner;
