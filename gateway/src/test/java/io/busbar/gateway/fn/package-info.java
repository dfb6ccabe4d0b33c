/** What Fn's own system tests ask of a load balancer and its runners, asked of the gateway. */
package io.busbar.gateway.fn;
