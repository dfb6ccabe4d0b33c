/**
 * Which pool an Fn call goes to, and which worker of it is preferred: {@code routes[]} and {@code
 * pools.NAME.affinity}. Shared by the front sides that take Fn calls.
 */
package io.busbar.routing;
