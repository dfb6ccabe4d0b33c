package io.busbar.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.testing.RawWebSocket;
import io.busbar.testing.ScriptedJuniperWorker;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers that send without end and read nothing. */
class WorkerFloodTest {
  private static final int BEATS = 20;

  private final WorkersStage stage = new WorkersStage();

  @AfterEach
  void close() {
    stage.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "no json",
        "{\"type\":\"heartbeat\"}",
        "{\"type\":\"task_result\",\"task_id\":\"nobody's\"}"
      })
  void aFloodHarmsNobody(String text) throws Exception {
    try (RawWebSocket flood = RawWebSocket.narrow(stage.socket())) {
      flood.json("connection_established");
      flood.text("{\"type\":\"register\",\"worker_id\":\"flood\",\"capabilities\":{}}");
      flood.json("registration_ack");
      CompletableFuture<IOException> end = new CompletableFuture<>();
      Thread writer = new Thread(() -> end.complete(write(flood, text)));
      writer.start();
      try (ScriptedJuniperWorker good = stage.worker("good")) {
        for (int i = 0; i < BEATS; i++) {
          good.beat(0);
          good.json("heartbeat");
        }
      }
      flood.close();
      writer.join();
      assertTrue(end.isDone());
    }
    assertEquals(List.of(), List.copyOf(stage.thrown));
  }

  /** Writes until nobody listens any more. */
  private static IOException write(RawWebSocket socket, String text) {
    try {
      for (int i = 0; i < 200_000; i++) {
        socket.text(text);
      }
      return null;
    } catch (IOException closed) {
      return closed;
    }
  }

  @Test
  void aBinaryFloodIsCountedAndHarmsNobody() throws Exception {
    try (ScriptedJuniperWorker flood = stage.worker("flood")) {
      for (int i = 0; i < 500; i++) {
        flood.send(new byte[100]);
      }
      flood.beat(0);
      flood.json("heartbeat");
      assertEquals(500, stage.count("busbar.juniper.strays"));
    }
  }
}
