package io.busbar.gateway.node;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramPacket;
import io.vertx.core.datagram.DatagramSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A name server on a UDP port of loopback that answers every question with the same records. */
final class ScriptedDns {
  private static final int SRV = 33;
  private static final int IN = 1;
  private static final int HEADER = 12;
  private static final int NO_SUCH_NAME = 3;

  private final DatagramSocket socket;
  private volatile List<Srv> records = List.of();
  private volatile boolean known = true;
  private volatile int timeToLive;

  /** The data of one SRV record. */
  record Srv(int priority, int weight, int port, String target) {}

  private ScriptedDns(DatagramSocket socket) {
    this.socket = socket;
  }

  static ScriptedDns start(Vertx vertx) throws Exception {
    DatagramSocket socket = vertx.createDatagramSocket();
    ScriptedDns server = new ScriptedDns(socket);
    socket.handler(server::asked);
    socket
        .listen(0, "127.0.0.1")
        .toCompletionStage()
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
    return server;
  }

  int port() {
    return socket.localAddress().port();
  }

  void answers(Srv... answer) {
    records = List.of(answer);
    known = true;
  }

  /** Of the records of later answers. */
  void timeToLive(int seconds) {
    timeToLive = seconds;
  }

  void knowsNothing() {
    known = false;
  }

  private void asked(DatagramPacket packet) {
    Buffer query = packet.data();
    int end = HEADER;
    while (query.getByte(end) != 0) {
      end += 1 + query.getUnsignedByte(end);
    }
    List<Srv> answer = known ? records : List.of();
    Buffer reply =
        Buffer.buffer()
            .appendShort(query.getShort(0))
            .appendShort((short) (0x8580 | (known ? 0 : NO_SUCH_NAME)))
            .appendShort((short) 1)
            .appendShort((short) answer.size())
            .appendInt(0)
            .appendBuffer(query, HEADER, end + 5 - HEADER);
    for (Srv srv : answer) {
      Buffer data =
          Buffer.buffer()
              .appendUnsignedShort(srv.priority())
              .appendUnsignedShort(srv.weight())
              .appendUnsignedShort(srv.port())
              .appendBuffer(name(srv.target()));
      reply
          .appendUnsignedShort(0xC000 | HEADER)
          .appendShort((short) SRV)
          .appendShort((short) IN)
          .appendInt(timeToLive)
          .appendUnsignedShort(data.length())
          .appendBuffer(data);
    }
    socket
        .send(reply, packet.sender().port(), packet.sender().host())
        .onFailure(
            cause -> {
              throw new IllegalStateException("no answer was sent", cause);
            });
  }

  private static Buffer name(String name) {
    Buffer bytes = Buffer.buffer();
    if (!name.isEmpty()) {
      for (String label : name.split("\\.", -1)) {
        byte[] text = label.getBytes(StandardCharsets.US_ASCII);
        bytes.appendByte((byte) text.length).appendBytes(text);
      }
    }
    return bytes.appendByte((byte) 0);
  }
}
