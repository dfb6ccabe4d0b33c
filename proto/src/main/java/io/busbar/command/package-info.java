/**
 * The command primitive: one request and one reply to a named target, on whichever node it is
 * served; a reply, or a failure that says why there is none.
 */
package io.busbar.command;
