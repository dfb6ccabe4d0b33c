/**
 * The plain HTTP front side: carries {@code POST /v1/pools/{pool}/calls} to a call of the bus and
 * back, streamed both ways, and answers questions about calls, pools, workers and nodes. HTTP/1.1
 * and HTTP/2, errors as problem documents. One {@link io.busbar.http.HttpFront} per lane.
 */
package io.busbar.http;
