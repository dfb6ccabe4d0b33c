package io.busbar.fnclient;

import io.busbar.bus.Deadlines;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.fn.wire.RunnerStatus;
import io.busbar.grpc.ClientConnection;
import io.busbar.grpc.Dialer;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The connections of one lane to one runner: dialled when a call needs one, more of them when the
 * runner lets too few calls be open on one. A call waits here only for a dial under way, never for
 * another call to end.
 */
final class RunnerLink implements ClientConnection.Listener {
  private static final int MOST_DOUBLINGS = 20;
  private static final double JITTER = 0.2;

  /** Somebody who needs a connection with room. Told one of both, once. */
  interface Seeker {
    void connected(ClientConnection connection);

    void notConnected(Failure why);
  }

  private final DialLane lane;
  private final RunnerTarget target;
  private final RunnerObserver observer;
  private final AtomicInteger openCount;
  private final Dialer.Peer peer;
  private final List<ClientConnection> connections = new ArrayList<>();
  private final Deque<Seeker> seekers = new ArrayDeque<>();
  private boolean dialling;
  private boolean closed;
  private int failuresInRow;
  private long retryAt = Long.MIN_VALUE;
  private String lastError = "";
  private Deadlines.Deadline watch;

  /**
   * @param openCount connections of the runner on all lanes
   */
  RunnerLink(DialLane lane, RunnerTarget target, RunnerObserver observer, AtomicInteger openCount) {
    this.lane = lane;
    this.target = target;
    this.observer = observer;
    this.openCount = openCount;
    this.peer = new Dialer.Peer(target.host(), target.port(), target.serverName(), target.tls());
  }

  RunnerObserver observer() {
    return observer;
  }

  String workerId() {
    return target.name() + "@" + lane.lane.node().name();
  }

  RunnerTarget target() {
    return target;
  }

  /** Why a call cannot go there now; null = it may. */
  Failure refuses() {
    if (closed) {
      return gone();
    }
    if (withRoom() != null || dialling) {
      return null;
    }
    if (lane.lane.now() < retryAt) {
      return usable() == 0 ? unreachable() : full();
    }
    if (usable() >= lane.options.connections()) {
      return full();
    }
    return lane.room.full() ? noRoom() : null;
  }

  /** Looks for a connection with room, dialling one if it must. */
  void seek(Seeker seeker) {
    ClientConnection connection = withRoom();
    if (connection != null) {
      seeker.connected(connection);
      return;
    }
    Failure refused = refuses();
    if (refused != null) {
      seeker.notConnected(refused);
      return;
    }
    seekers.add(seeker);
    dial();
  }

  void forget(Seeker seeker) {
    seekers.remove(seeker);
  }

  private ClientConnection withRoom() {
    for (int i = 0; i < connections.size(); i++) {
      ClientConnection connection = connections.get(i);
      if (connection.hasRoom()) {
        return connection;
      }
    }
    return null;
  }

  private int usable() {
    int usable = 0;
    for (ClientConnection connection : connections) {
      if (connection.usable()) {
        usable++;
      }
    }
    return usable;
  }

  private Failure gone() {
    return Failure.of(FailureCode.UNAVAILABLE, "runner " + target.address() + " was removed");
  }

  private Failure unreachable() {
    return Failure.of(FailureCode.UNAVAILABLE, lastError);
  }

  private Failure full() {
    return Failure.of(
        FailureCode.BUSY,
        "runner "
            + target.address()
            + " lets no more calls be open on its "
            + usable()
            + " connections");
  }

  private Failure noRoom() {
    return Failure.of(
        FailureCode.BUSY,
        "this node has "
            + lane.room.most()
            + " connections to runners, as many as its open files allow, and none to runner "
            + target.address()
            + " with room");
  }

  // ---- dialling

  private void dial() {
    if (dialling) {
      return;
    }
    if (!lane.room.take()) {
      failSeekers(noRoom());
      return;
    }
    dialling = true;
    lane.dialer
        .dial(peer, this)
        .onSuccess(this::dialled)
        .onFailure(cause -> dialFailed(Failure.of(cause).detail()));
  }

  private void dialled(ClientConnection connection) {
    dialling = false;
    failuresInRow = 0;
    retryAt = Long.MIN_VALUE;
    if (closed) {
      lane.room.give();
      connection.close();
      return;
    }
    connections.add(connection);
    openCount.incrementAndGet();
    observer.connected();
    watchLater();
    serveSeekers();
  }

  private void serveSeekers() {
    while (!seekers.isEmpty()) {
      ClientConnection connection = withRoom();
      if (connection == null) {
        break;
      }
      seekers.poll().connected(connection);
    }
    if (seekers.isEmpty() || dialling) {
      return;
    }
    if (usable() < lane.options.connections() && lane.lane.now() >= retryAt) {
      dial();
    } else {
      failSeekers(full());
    }
  }

  private void dialFailed(String why) {
    lane.room.give();
    dialling = false;
    lastError = why;
    long whole =
        Math.min(
            lane.options.longestBackoff(),
            lane.options.firstBackoff() << Math.min(MOST_DOUBLINGS, failuresInRow++));
    double spread = 1 + JITTER * (2 * ThreadLocalRandom.current().nextDouble() - 1);
    retryAt = lane.lane.now() + Math.max(1, Math.round(whole * spread));
    observer.dialFailed(why);
    if (usable() == 0) {
      failSeekers(unreachable());
    } else {
      serveSeekers();
    }
  }

  private void failSeekers(Failure why) {
    List<Seeker> failed = new ArrayList<>(seekers);
    seekers.clear();
    failed.forEach(seeker -> seeker.notConnected(why));
  }

  // ---- what happens on connections

  @Override
  public void onGoingAway(ClientConnection connection) {
    observer.goingAway();
  }

  @Override
  public boolean wantsRoom() {
    return !seekers.isEmpty();
  }

  @Override
  public void onRoom(ClientConnection connection) {
    if (!seekers.isEmpty()) {
      serveSeekers();
    }
  }

  @Override
  public void onClosed(ClientConnection connection, String why) {
    if (connections.remove(connection)) {
      lane.room.give();
      openCount.decrementAndGet();
      observer.disconnected();
    }
  }

  /** Looks after idle and silent connections while there are any. */
  private void watchLater() {
    long interval = lane.options.idle();
    if (lane.options.keepalive() > 0) {
      long silence = Math.min(lane.options.keepalive(), lane.options.keepaliveTimeout());
      interval = interval == 0 ? silence : Math.min(interval, silence);
    }
    if (watch == null && interval > 0 && !connections.isEmpty()) {
      watch = lane.deadlines().in(Math.max(10, interval / 2), this::look);
    }
  }

  private void look() {
    watch = null;
    long now = lane.lane.now();
    for (ClientConnection connection : new ArrayList<>(connections)) {
      connection.look(
          now, lane.options.idle(), lane.options.keepalive(), lane.options.keepaliveTimeout());
    }
    watchLater();
  }

  Future<RunnerStatus> status(long timeoutMillis) {
    StatusCall call = new StatusCall(lane, this, timeoutMillis);
    call.begin();
    return call.answer();
  }

  /** No calls any more; closes the connections. */
  void close() {
    closed = true;
    if (watch != null) {
      watch.cancel();
      watch = null;
    }
    failSeekers(gone());
    new ArrayList<>(connections).forEach(ClientConnection::close);
  }
}
