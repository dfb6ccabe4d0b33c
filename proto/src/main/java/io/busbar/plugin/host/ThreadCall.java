package io.busbar.plugin.host;

import io.busbar.bus.Lane;
import io.busbar.worker.ServedCall;

/**
 * A call that an instance on a thread of its own serves, seen from the lane: keeps slot and
 * instance until the call is over and the plugin has returned. All on the lane.
 */
final class ThreadCall {
  private final ThreadInstances all;
  private final ThreadInstance instance;
  private final Lane lane;
  private final HandoverCall served;
  private final Runnable slot;

  private boolean over;
  private boolean returned;
  private boolean reported;
  private boolean replacing;
  private boolean replaced;
  private Lane.Timer patience;

  ThreadCall(ThreadInstances all, ThreadInstance instance, Lane lane, ServedCall call) {
    this.all = all;
    this.instance = instance;
    this.lane = lane;
    this.slot = call.holdSlot();
    this.served = new HandoverCall(call, lane.context(), instance, this::over);
  }

  void start() {
    all.watch().running.increment();
    instance.run(
        () ->
            new Serving(
                    instance.worker(),
                    served,
                    instance.context(),
                    all.watch(),
                    () -> {},
                    () -> all.suspect(instance))
                .run(() -> lane.context().runOnContext(v -> returned())));
  }

  private void over() {
    over = true;
    settle();
  }

  private void returned() {
    returned = true;
    settle();
  }

  private void settle() {
    if (!over || replacing) {
      return;
    }
    if (!returned) {
      if (patience == null) {
        patience = lane.timer(all.options().stuckAfterMillis(), this::stuck);
      }
      return;
    }
    if (patience != null) {
      patience.cancel();
      patience = null;
    }
    if (reported) {
      all.watch().returned(served.offer().id().toString());
    }
    if (replaced) {
      all.returnedLate(instance);
    } else {
      all.giveBack(instance);
      free();
    }
  }

  private void free() {
    all.watch().running.decrement();
    slot.run();
  }

  private void stuck() {
    patience = null;
    if (!reported) {
      reported = true;
      all.watch().stuck(served.offer().id().toString(), instance.stack());
      all.suspect(instance);
    }
    replacing = true;
    all.replace(instance)
        .onComplete(
            done ->
                lane.context()
                    .runOnContext(
                        v -> {
                          replacing = false;
                          if (done.succeeded()) {
                            replaced = true;
                            free();
                          } else {
                            all.watch().note("a stuck instance is not replaced", done.cause());
                          }
                          if (returned || !replaced) {
                            settle();
                          }
                        }));
  }
}
