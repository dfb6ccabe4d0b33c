package io.busbar.grpc;

/**
 * Limits of dialled gRPC connections.
 *
 * @param connectMillis until the peer's settings are here
 * @param largest largest message taken, in bytes
 * @param headerBytes most bytes of headers, and of trailers, of one answer
 * @param streamWindow bytes a peer may send on one call before they are taken
 * @param connectionWindow the same for all calls of a connection
 * @param unfinished bytes held in messages that have not arrived in full, of all connections
 */
public record ClientSettings(
    long connectMillis,
    int largest,
    int headerBytes,
    int streamWindow,
    int connectionWindow,
    long unfinished) {}
