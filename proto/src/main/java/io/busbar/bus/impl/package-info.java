/**
 * How lanes work. The state machines of a stream ({@code WriterState}, {@code ReaderState}) know
 * nothing of Vert.x, of time or of the network: both are passed in; {@code LaneCore} joins them to
 * a {@code LaneIo}, of which the event bus is one kind and the test link another.
 */
package io.busbar.bus.impl;
