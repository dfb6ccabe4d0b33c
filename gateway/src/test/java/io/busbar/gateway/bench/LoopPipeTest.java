package io.busbar.gateway.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoopPipeTest {
  private final List<String> told = new ArrayList<>();
  private final LoopPipe body = new LoopPipe(() -> {}, () -> told.add("delivered"));

  LoopPipeTest() {
    body.handler(chunk -> told.add(chunk.toString()));
    body.endHandler(end -> told.add("end"));
  }

  @Test
  void whatIsWrittenComesOutInOrderOnceAskedFor() {
    body.write(Buffer.buffer("a"));
    body.write(Buffer.buffer("b"));
    body.end();
    assertEquals(List.of(), told);
    body.resume();
    assertEquals(List.of("a", "b", "end", "delivered"), told);
  }

  @Test
  void aReaderThatDoesNotReadFillsIt() {
    body.drainHandler(drained -> told.add("drained"));
    body.write(Buffer.buffer(new byte[256 << 10]));
    assertTrue(body.writeQueueFull());
    body.handler(chunk -> {});
    body.resume();
    assertFalse(body.writeQueueFull());
    assertEquals(List.of("drained"), told);
  }
}
