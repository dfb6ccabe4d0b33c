package io.busbar.juniper.client;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A server whose test says each frame. Reads from the test's thread. */
final class ScriptedServer implements AutoCloseable {
  final Vertx vertx = Vertx.vertx();
  private final BlockingQueue<Connection> connections = new LinkedBlockingQueue<>();
  private final int port;

  /** One connection of a client. */
  static final class Connection {
    final String path;
    final ServerWebSocket socket;
    private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();

    Connection(ServerWebSocket socket) {
      this.path = socket.path();
      this.socket = socket;
      socket.textMessageHandler(received::add);
      socket.binaryMessageHandler(received::add);
    }

    void say(String text) throws Exception {
      await(socket.writeTextMessage(text));
    }

    void say(Buffer bytes) throws Exception {
      await(socket.writeBinaryMessage(bytes));
    }

    JsonObject json() throws InterruptedException {
      return new JsonObject((String) next());
    }

    Object next() throws InterruptedException {
      Object message = received.poll(60, TimeUnit.SECONDS);
      if (message == null) {
        throw new AssertionError("nothing came");
      }
      return message;
    }

    void drop() throws Exception {
      await(socket.close((short) 1011, "dropped by the test"));
    }
  }

  ScriptedServer() throws Exception {
    port =
        await(
                vertx
                    .createHttpServer()
                    .webSocketHandler(socket -> connections.add(new Connection(socket)))
                    .listen(0, "127.0.0.1"))
            .actualPort();
  }

  JuniperServer where() {
    return JuniperServer.of("ws://127.0.0.1:" + port)
        .withPauses(Duration.ofMillis(5), Duration.ofMillis(50));
  }

  /** The next client. */
  Connection accept() throws InterruptedException {
    Connection connection = connections.poll(60, TimeUnit.SECONDS);
    if (connection == null) {
      throw new AssertionError("nobody connected");
    }
    return connection;
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws Exception {
    await(vertx.close());
  }
}
