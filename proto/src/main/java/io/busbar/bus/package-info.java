/**
 * The event bus as Busbar uses it: addresses, the one codec, lanes with their inboxes and outboxes,
 * streams with offsets and windows on top of an at-most-once bus, and small questions and answers.
 * {@code docs/bus.md} tells how they fit together.
 */
package io.busbar.bus;
