package io.busbar.controlplane;

import io.busbar.bus.Lane;
import io.busbar.controlplane.core.HostName;
import io.busbar.gocart.wire.MemberInfo;
import io.busbar.gocart.wire.MembershipEvent;
import io.busbar.gocart.wire.WatchMembershipRequest;
import io.vertx.grpc.common.GrpcStatus;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The stream in which one foreign host tells whom it sees. When it ends, is silent or has a hole it
 * is asked for again, from the last revision that was seen of it. All on one lane.
 */
final class HostWatch {
  /**
   * @param bookmarkSeconds asked for between two signs of life
   * @param silence ms without a word after which the stream is asked for anew
   * @param firstPause ms before that, twice as long with each stream that did not last
   * @param longestPause ms; a stream that lasted as long makes the next pause the first one again
   */
  record Times(int bookmarkSeconds, long silence, long firstPause, long longestPause) {
    static final Times DEFAULTS = new Times(10, 30_000, 200, 10_000);
  }

  /** Told on the lane. */
  interface Listener {
    /** The host sees these members so; all of them, or one that changed. */
    void told(List<MemberInfo> members);

    /**
     * A word of the host.
     *
     * @param kind snapshot, change, bookmark or health
     */
    void heard(String kind);

    /**
     * The stream ended, and is asked for again unless the method is missing.
     *
     * @param why over, failed, silent, gap or unimplemented
     */
    void ended(String why);
  }

  private final Lane lane;
  private final PeerCalls calls;
  private final HostName host;
  private final String self;
  private final Times times;
  private final Listener listener;
  private String stream = "";
  private long revision;
  private long pause;
  private long opened;
  private long lastWord;
  private long number;
  private boolean isOpen;
  private boolean closed;
  private Runnable callOff = () -> {};
  private Lane.Timer timer = () -> {};

  HostWatch(
      Lane lane, PeerCalls calls, HostName host, String self, Times times, Listener listener) {
    this.lane = lane;
    this.calls = calls;
    this.host = host;
    this.self = self;
    this.times = times;
    this.listener = listener;
    this.pause = times.firstPause();
  }

  void open() {
    long mine = ++number;
    isOpen = true;
    opened = lane.now();
    lastWord = opened;
    WatchMembershipRequest wish =
        WatchMembershipRequest.newBuilder()
            .setWatcherHost(self)
            .setStreamId(stream)
            .setFromRevision(revision)
            .setBookmarkSeconds(times.bookmarkSeconds())
            .build();
    callOff =
        calls.watch(
            host,
            wish,
            event -> {
              if (mine == number && isOpen) {
                take(event);
              }
            },
            status -> {
              if (mine == number && isOpen) {
                end(reason(status));
              }
            });
    timer = lane.timer(times.silence(), this::check);
  }

  private static String reason(GrpcStatus status) {
    return status == GrpcStatus.OK
        ? "over"
        : status == GrpcStatus.UNIMPLEMENTED ? "unimplemented" : "failed";
  }

  private void check() {
    long left = times.silence() - (lane.now() - lastWord);
    if (left > 0) {
      timer = lane.timer(left, this::check);
    } else {
      end("silent");
    }
  }

  private void take(MembershipEvent event) {
    lastWord = lane.now();
    if (event.hasSnapshot()) {
      listener.heard("snapshot");
      stream = event.getStreamId();
      revision = event.getRevision();
      listener.told(event.getSnapshot().getMembersList());
    } else if (event.hasChange()) {
      listener.heard("change");
      if (!event.getStreamId().equals(stream) || event.getRevision() != revision + 1) {
        end("gap");
        return;
      }
      revision = event.getRevision();
      listener.told(List.of(event.getChange().getMember()));
    } else {
      listener.heard(event.hasHealth() ? "health" : "bookmark");
    }
  }

  private void end(String why) {
    shut();
    listener.ended(why);
    if (closed || why.equals("unimplemented")) {
      return;
    }
    if (lane.now() - opened >= times.longestPause()) {
      pause = times.firstPause();
    }
    long jitter = ThreadLocalRandom.current().nextLong(pause / 2 + 1);
    timer = lane.timer(pause + jitter, this::open);
    pause = Math.min(times.longestPause(), pause * 2);
  }

  private void shut() {
    isOpen = false;
    timer.cancel();
    callOff.run();
  }

  /** Nothing is told any more. */
  void close() {
    closed = true;
    shut();
  }
}
