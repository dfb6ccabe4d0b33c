package io.busbar.bus;

import io.busbar.bus.v1.Direction;

/**
 * What is needed to open one end of one direction of a stream.
 *
 * @param id the stream
 * @param attempt which attempt; a frame of another one is refused
 * @param direction request or response
 * @param peer lane of the other end
 * @param limit first limit: granted to the writer, or by the reader, in units
 * @param replay writer: bytes kept for a rewind before commit, 0 = none. Reader: units received
 *     before the writer may forget is at the latest considered by {@link BusReader#withhold()}; the
 *     limit is the larger of window and this until commit
 */
public record StreamSpec(
    CallId id, int attempt, Direction direction, Endpoint peer, long limit, long replay) {}
