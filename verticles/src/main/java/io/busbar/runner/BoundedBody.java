package io.busbar.runner;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.nio.charset.StandardCharsets;

/** Gathers a small body; what goes beyond the limit is dropped and told once. */
final class BoundedBody {
  private final int limit;
  private final Buffer gathered = Buffer.buffer();
  private boolean over;

  BoundedBody(int limit) {
    this.limit = limit;
  }

  void read(ReadStream<Buffer> body, Runnable tooLarge) {
    body.exceptionHandler(told -> over = true);
    body.handler(
        chunk -> {
          if (over) {
            return;
          }
          if (gathered.length() + chunk.length() > limit) {
            over = true;
            tooLarge.run();
          } else {
            gathered.appendBuffer(chunk);
          }
        });
    body.resume();
  }

  String text() {
    return gathered.toString(StandardCharsets.UTF_8);
  }
}
