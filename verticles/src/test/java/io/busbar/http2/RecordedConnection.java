package io.busbar.http2;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One side of a connection without a socket, with all that was told about it. */
final class RecordedConnection implements Http2Connection.Listener {
  static final Http2Limits LIMITS = limits(100, 65_535, 65_535, 200, 1000);

  static Http2Limits limits(
      int streams, int streamWindow, int connectionWindow, int resets, int idleFrames) {
    return new Http2Limits(
        streams, 8192, streamWindow, connectionWindow, true, resets, idleFrames, 30_000);
  }

  final Http2Connection connection;
  final EmbeddedChannel channel;
  final List<RecordedStream> streams = new ArrayList<>();
  final List<String> events = new ArrayList<>();
  Consumer<RecordedStream> onStream = stream -> {};
  int settings;
  int pongs;
  String closed;

  private RecordedConnection(boolean server, Http2Limits limits) {
    connection =
        server
            ? Http2Connection.server(limits, null, this)
            : Http2Connection.client(limits, null, this);
    channel = new EmbeddedChannel(connection);
  }

  static RecordedConnection server(Http2Limits limits) {
    return new RecordedConnection(true, limits);
  }

  /** A server that has said hello and was greeted. */
  static RecordedConnection greetedServer(Http2Limits limits) {
    RecordedConnection server = server(limits);
    server.channel.writeInbound(Wire.preface(), Wire.settings());
    Wire.written(server.channel);
    return server;
  }

  static RecordedConnection client(Http2Limits limits) {
    return new RecordedConnection(false, limits);
  }

  /** A client that has said hello and was greeted. */
  static RecordedConnection greetedClient(Http2Limits limits) {
    RecordedConnection client = client(limits);
    client.channel.writeInbound(Wire.settings());
    Wire.written(client.channel);
    return client;
  }

  RecordedStream open(HeaderBlock head) {
    RecordedStream recorded = new RecordedStream();
    recorded.stream = connection.open(head, recorded);
    streams.add(recorded);
    return recorded;
  }

  @Override
  public void onSettings() {
    settings++;
  }

  @Override
  public Http2Stream.Listener onStream(Http2Stream stream) {
    RecordedStream recorded = new RecordedStream();
    recorded.stream = stream;
    streams.add(recorded);
    onStream.accept(recorded);
    return recorded;
  }

  @Override
  public void onGoAway(int lastStream, long code) {
    events.add("goaway " + lastStream + " " + code);
  }

  @Override
  public void onStreamClosed() {
    events.add("stream closed");
  }

  @Override
  public void onPong() {
    pongs++;
  }

  @Override
  public void onClosed(String why) {
    closed = why;
  }
}
