package io.busbar.bus;

import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/**
 * One lane with everything that lives on it, deployed as one unit: the only public way to put
 * several verticles on one event loop for certain. Members start in order and stop in reverse; then
 * the lane closes. A member that does not start undoes the deployment.
 */
public final class LaneHost implements Deployable {
  private final Function<Context, Future<Lane>> opener;
  private final Function<Lane, List<LaneMember>> members;
  private final Deque<LaneMember> started = new ArrayDeque<>();
  private volatile Lane lane;

  /**
   * @param opener makes the lane; called on the lane's context
   * @param members who lives on it, in the order of their start; called there too
   */
  public LaneHost(
      Function<Context, Future<Lane>> opener, Function<Lane, List<LaneMember>> members) {
    this.opener = opener;
    this.members = members;
  }

  @Override
  public Future<?> deploy(Context context) {
    return opener
        .apply(context)
        .compose(
            opened -> {
              lane = opened;
              return startNext(members.apply(opened).iterator());
            })
        // Vert.x does not undeploy an instance that failed to deploy.
        .recover(failure -> stopAll().transform(done -> Future.failedFuture(failure)));
  }

  private Future<Void> startNext(Iterator<LaneMember> rest) {
    if (!rest.hasNext()) {
      return Future.succeededFuture();
    }
    LaneMember member = rest.next();
    started.push(member);
    return onLane(member.start(lane)).compose(v -> startNext(rest));
  }

  @Override
  public Future<?> undeploy(Context context) {
    return stopAll();
  }

  private Future<Void> stopAll() {
    LaneMember member = started.poll();
    if (member == null) {
      Lane open = lane;
      return open == null ? Future.succeededFuture() : open.close();
    }
    return onLane(member.stop()).transform(stopped -> failFirst(stopAll(), stopped.cause()));
  }

  /** A member may end where it likes; the next one starts and stops on the lane. */
  private Future<Void> onLane(Future<?> ended) {
    Promise<Void> promise = Promise.promise();
    ended.<Void>mapEmpty().onComplete(end -> lane.context().runOnContext(v -> promise.handle(end)));
    return promise.future();
  }

  private static Future<Void> failFirst(Future<Void> rest, Throwable failure) {
    return failure == null ? rest : rest.transform(done -> Future.failedFuture(failure));
  }

  /** Null until deployed. */
  public Lane lane() {
    return lane;
  }

  /** Completes when every member has nothing running any more. Any thread. */
  public Future<Void> drain() {
    Promise<Void> promise = Promise.promise();
    lane.context()
        .runOnContext(
            v -> {
              List<Future<?>> drains = new ArrayList<>();
              for (LaneMember member : started) {
                drains.add(member.drain());
              }
              Future.join(drains).<Void>mapEmpty().onComplete(promise);
            });
    return promise.future();
  }
}
