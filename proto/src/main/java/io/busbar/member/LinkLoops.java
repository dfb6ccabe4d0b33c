package io.busbar.member;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;

/**
 * On which event loops the event bus' links to other nodes are. All that other nodes send is read
 * on one loop, whose choice is Vert.x's; a link to a node is on the loop it was opened from. Opened
 * by whoever has something to send first, all may end up on one loop, with every message of the
 * node passing it while others are idle. So they go in turn to the loops that do not read.
 */
final class LinkLoops {
  private final List<EventLoop> all = new ArrayList<>();
  private final VertxInternal vertx;
  private List<Context> choice = List.of();
  private int next;

  LinkLoops(Vertx vertx) {
    this.vertx = (VertxInternal) vertx;
    for (EventExecutor loop : this.vertx.nettyEventLoopGroup()) {
      all.add((EventLoop) loop);
    }
  }

  /** Called on the loop that reads what other nodes send. */
  void readsHere() {
    List<Context> others = new ArrayList<>();
    for (EventLoop loop : all) {
      if (!loop.inEventLoop() || all.size() == 1) {
        others.add(vertx.contextBuilder().withEventLoop(loop).build());
      }
    }
    synchronized (this) {
      choice = others;
    }
  }

  /** Where the next link is to be opened; null = it does not matter yet. Any thread. */
  synchronized Context next() {
    return choice.isEmpty() ? null : choice.get(Math.floorMod(next++, choice.size()));
  }
}
