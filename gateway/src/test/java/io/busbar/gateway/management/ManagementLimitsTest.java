package io.busbar.gateway.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.security.Access;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the management port bears. */
class ManagementLimitsTest {
  private static final String GET = "GET /ready HTTP/1.1\r\nHost: x\r\n";

  private final Vertx vertx = Vertx.vertx();
  private int port;

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private void open(int connections, Duration idle) throws Exception {
    ManagementOptions options =
        new ManagementOptions("127.0.0.1", 0, connections, 4096, 10_000, idle);
    port = await(new ManagementServer(vertx, options, null, new ReadyNode(), Access.OPEN).start());
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(30_000);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** To the end of the connection, however it ends. */
  private static String rest(Socket socket) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      socket.getInputStream().transferTo(all);
    } catch (SocketException reset) {
      all.write("<reset>".getBytes(StandardCharsets.ISO_8859_1));
    }
    return all.toString(StandardCharsets.ISO_8859_1);
  }

  private static String firstLine(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = socket.getInputStream().read(); c >= 0 && c != '\r'; ) {
      line.append((char) c);
      c = socket.getInputStream().read();
    }
    return line.toString();
  }

  @Test
  void oneConnectionTooManyIsClosed() throws Exception {
    open(1, Duration.ofMinutes(1));
    try (Socket first = connect();
        Socket second = connect()) {
      send(first, GET + "\r\n");
      assertEquals("HTTP/1.1 200 OK", firstLine(first));
      send(second, GET + "\r\n");
      assertTrue(!rest(second).contains("200 OK"));
    }
  }

  @Test
  void headersOverTheLimitAreRefused() throws Exception {
    open(10, Duration.ofMinutes(1));
    try (Socket socket = connect()) {
      send(socket, GET + "X: " + "x".repeat(8000) + "\r\n\r\n");
      assertEquals("HTTP/1.1 431 Request Header Fields Too Large", firstLine(socket));
    }
  }

  @Test
  void aSmallBodyIsDropped() throws Exception {
    open(10, Duration.ofMinutes(1));
    try (Socket socket = connect()) {
      send(socket, GET + "Content-Length: 5\r\n\r\nhello" + GET + "Connection: close\r\n\r\n");
      assertEquals(2, rest(socket).split("200 OK", -1).length - 1);
    }
  }

  @Test
  void aBodyWithoutEndEndsItsConnection() throws Exception {
    open(10, Duration.ofMinutes(1));
    try (Socket socket = connect()) {
      send(socket, GET + "Content-Length: 100000000\r\n\r\n");
      String piece = "x".repeat(20_000);
      send(socket, piece);
      String rest = rest(socket);
      assertTrue(rest.startsWith("HTTP/1.1 200 OK"), rest);
    }
  }

  @Test
  void aSilentConnectionIsClosed() throws Exception {
    open(10, Duration.ofMillis(100));
    try (Socket socket = connect()) {
      assertEquals("", rest(socket));
    }
  }
}
