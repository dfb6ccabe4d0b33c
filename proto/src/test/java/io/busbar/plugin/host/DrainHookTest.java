package io.busbar.plugin.host;

import static io.busbar.plugin.host.HostStage.LOOP;
import static io.busbar.plugin.host.HostStage.OWN_THREAD;
import static io.busbar.plugin.host.HostStage.await;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.plugin.BusbarPlugin;
import io.busbar.plugin.PluginContext;
import io.busbar.plugin.PluginDescriptor;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A plugin hands over what it owns when its node drains. */
class DrainHookTest {
  /** Owns something, and hands it over when the test says so. */
  private static final class Owner implements BusbarPlugin {
    final Promise<Void> asked = Promise.promise();
    final Promise<Void> handedOver = Promise.promise();
    private final PluginDescriptor descriptor;
    private volatile PluginContext context;
    volatile Context askedOn;

    Owner(PluginDescriptor descriptor) {
      this.descriptor = descriptor;
    }

    @Override
    public PluginDescriptor descriptor() {
      return descriptor;
    }

    @Override
    public Future<?> start(PluginContext given) {
      context = given;
      return Future.succeededFuture();
    }

    @Override
    public Future<?> drain() {
      askedOn = Vertx.currentContext();
      asked.tryComplete();
      return handedOver.future();
    }
  }

  private final Owner loop = new Owner(LOOP);
  private final Owner thread = new Owner(OWN_THREAD);

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theDrainEndsWhenThePluginHasHandedOver(boolean onLoop) {
    Owner owner = onLoop ? loop : thread;
    try (HostStage stage = stage(owner)) {
      Future<Void> drained = stage.host.drain();
      await(owner.asked.future());
      assertFalse(drained.isComplete());
      owner.handedOver.complete();
      await(drained);
      assertSame(owner.context.context(), owner.askedOn);
    }
  }

  @Test
  void aHandOverThatFailsEndsTheDrainToo() {
    try (HostStage stage = stage(thread)) {
      thread.handedOver.fail(new IllegalStateException("nobody takes it"));
      await(stage.host.drain());
    }
  }

  @Test
  void theStopEndsADrainThatHangs() {
    try (HostStage stage = stage(thread)) {
      Future<Void> drained = stage.host.drain();
      await(thread.asked.future());
      await(stage.host.stop());
      await(drained);
      assertTrue(drained.succeeded());
    }
  }

  private static HostStage stage(Owner owner) {
    HostStage stage = new HostStage(1);
    // The first one made is only asked for its descriptor.
    return stage.start(HostOptions.DEFAULTS, () -> owner);
  }
}
