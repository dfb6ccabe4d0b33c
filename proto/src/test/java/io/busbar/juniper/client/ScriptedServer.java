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
public final class ScriptedServer implements AutoCloseable {
  /** So many pauses of {@link #whereEachPauseIsLonger} last longer than any test waits. */
  static final int MANY_CONNECTIONS = 16;

  public final Vertx vertx = Vertx.vertx();
  private final BlockingQueue<Connection> connections = new LinkedBlockingQueue<>();
  private final int port;

  /** One connection of a client. */
  public static final class Connection {
    public final String path;
    public final ServerWebSocket socket;
    private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();

    Connection(ServerWebSocket socket) {
      this.path = socket.path();
      this.socket = socket;
      socket.textMessageHandler(received::add);
      socket.binaryMessageHandler(received::add);
    }

    public void say(String text) throws Exception {
      await(socket.writeTextMessage(text));
    }

    public void say(Buffer bytes) throws Exception {
      await(socket.writeBinaryMessage(bytes));
    }

    public JsonObject json() throws InterruptedException {
      return new JsonObject((String) next());
    }

    public Object next() throws InterruptedException {
      Object message = received.poll(60, TimeUnit.SECONDS);
      if (message == null) {
        throw new AssertionError("nothing came");
      }
      return message;
    }

    public void drop() throws Exception {
      await(socket.close((short) 1011, "dropped by the test"));
    }
  }

  public ScriptedServer() throws Exception {
    port =
        await(
                vertx
                    .createHttpServer()
                    .webSocketHandler(socket -> connections.add(new Connection(socket)))
                    .listen(0, "127.0.0.1"))
            .actualPort();
  }

  public JuniperServer where() {
    return JuniperServer.of("ws://127.0.0.1:" + port)
        .withPauses(Duration.ofMillis(5), Duration.ofMillis(50));
  }

  /** Here too, and a client that never begins with the first pause again is soon not seen here. */
  JuniperServer whereEachPauseIsLonger() {
    return where().withPauses(Duration.ofMillis(20), Duration.ofDays(1));
  }

  /** The next client. */
  public Connection accept() throws InterruptedException {
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
