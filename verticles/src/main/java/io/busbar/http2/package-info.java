/**
 * HTTP/2 as far as gRPC needs it, both sides, on a Netty channel: frames, header compression, flow
 * control in both directions, limits on what a peer may make this side do. One write per turn of
 * the event loop; of a client's connection a turn reads about 32 new streams. Header blocks are
 * decoded by Netty's decoder; the rest stands here (ADR 16). Knows no gRPC.
 */
package io.busbar.http2;
