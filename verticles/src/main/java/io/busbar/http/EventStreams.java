package io.busbar.http;

import io.busbar.channel.Channels;
import io.busbar.channel.Start;
import io.busbar.edge.FrontLane;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;

/** The event streams of one lane, with one timer for all of them. */
final class EventStreams {
  private static final long BEAT_MILLIS = 15_000;
  private static final Buffer BEAT = Buffer.buffer(":\n\n");

  private final FrontLane front;
  private final Channels channels;
  private final Set<EventStream> open = new LinkedHashSet<>();
  private final JoinedEvents joined = new JoinedEvents();
  private boolean beating;

  EventStreams(FrontLane front, Channels channels) {
    this.front = front;
    this.channels = channels;
  }

  void open(HttpServerRequest request, String channel, Start start) {
    EventStream stream = new EventStream(front, request, joined, open::remove);
    stream.begin(channels, channel, start);
    open.add(stream);
    if (!beating) {
      beating = true;
      front.context().owner().setTimer(BEAT_MILLIS, fired -> beat());
    }
  }

  /** Says to clients, and to what is between, that the stream lives. */
  private void beat() {
    for (EventStream stream : new ArrayList<>(open)) {
      stream.beat(BEAT);
    }
    beating = !open.isEmpty();
    if (beating) {
      front.context().owner().setTimer(BEAT_MILLIS, fired -> beat());
    }
  }
}
