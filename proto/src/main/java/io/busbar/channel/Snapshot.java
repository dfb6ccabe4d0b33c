package io.busbar.channel;

import io.vertx.core.buffer.Buffer;

/**
 * State of a channel's subject after a frame.
 *
 * @param offset of the last frame it includes
 * @param time when it was stored, ms since 1970; 0 = not yet
 */
public record Snapshot(long epoch, long offset, String contentType, Buffer data, long time) {}
