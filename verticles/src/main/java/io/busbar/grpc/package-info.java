/**
 * gRPC messages over HTTP/2, without generated stubs, on either side: five-byte framing, whole
 * messages in and out by reference, one flush per turn of the event loop. Knows no protocol; the Fn
 * front side and the adapter that dials runners both stand on it.
 */
package io.busbar.grpc;
