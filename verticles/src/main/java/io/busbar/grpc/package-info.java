/**
 * gRPC messages over plain Vert.x HTTP/2, without generated stubs: five-byte framing, whole
 * messages in and out by reference, one flush per turn of the event loop. Knows no protocol; the Fn
 * front side and the adapter that dials runners both stand on it.
 */
package io.busbar.grpc;
