/**
 * The call primitive as its caller sees it: {@link io.busbar.call.Calls} opens calls on one lane,
 * each ends exactly once. The dispatcher chooses the worker; bodies travel directly between the
 * caller's and the worker's lane.
 */
package io.busbar.call;
