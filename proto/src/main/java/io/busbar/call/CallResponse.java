package io.busbar.call;

import io.busbar.bus.v1.ResponseHead;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;

/**
 * First answer of a worker.
 *
 * @param head status (200 when the worker gave none) and headers
 * @param body paused; its end handler is called only when the whole body arrived and the worker
 *     said success, else its exception handler with a FailureException
 * @param worker id of the worker
 * @param workerNode name of the worker's node
 * @param attempts how many workers were offered the call
 */
public record CallResponse(
    ResponseHead head, ReadStream<Buffer> body, String worker, String workerNode, int attempts) {}
