package io.busbar.gateway.cli.demo;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** A client of one front side of one node. */
interface FrontProbe {
  /** Row title. */
  String name();

  /** Makes one call; the whole answer, or a failure that says what went wrong. */
  Future<Buffer> call(WorkerCase work);
}
