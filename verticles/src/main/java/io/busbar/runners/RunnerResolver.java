package io.busbar.runners;

import io.vertx.core.Future;
import java.util.List;

/** Finds all runners behind a name. */
@FunctionalInterface
public interface RunnerResolver {
  /**
   * What a name stands for.
   *
   * @param goodFor milliseconds after which the name service may say something else; {@link
   *     Long#MAX_VALUE} = it did not say
   */
  record Found(List<RunnerAddress> runners, long goodFor) {
    public Found {
      runners = List.copyOf(runners);
    }
  }

  /**
   * Called on the first lane, completes there. Fails when the name is not found.
   *
   * @param name a host whose addresses are runners at that port; with port 0 a name whose SRV
   *     records are runners
   */
  Future<Found> runners(RunnerAddress name);
}
