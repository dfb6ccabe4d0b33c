package io.busbar.call;

import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.call.impl.LaneCalls;
import io.busbar.member.Members;
import java.util.function.Supplier;

/** Opens the call primitive's client API on a lane. */
public final class CallClient {

  /**
   * On a lane without a view of other nodes: {@link Calls#find} and {@link Calls#cancel} know calls
   * of this node only.
   *
   * @param dispatcher who places calls; asked at each opening, null = nobody at present, which ends
   *     the call with UNAVAILABLE
   */
  public static Calls open(Lane lane, Supplier<Endpoint> dispatcher) {
    return new LaneCalls(lane, dispatcher, null);
  }

  /** Once per lane, on its context; the lane's dispatcher answers {@link CallServices#QUERY}. */
  public static Calls open(Lane lane, Supplier<Endpoint> dispatcher, Members members) {
    return new LaneCalls(lane, dispatcher, members);
  }

  /**
   * On a lane of a node that has no dispatcher of its own: {@link CallServices#QUERY} is answered
   * here, for calls that have not ended.
   */
  public static Calls openWithoutDispatcher(
      Lane lane, Supplier<Endpoint> dispatcher, Members members) {
    LaneCalls calls = new LaneCalls(lane, dispatcher, members);
    calls.serveQueries();
    return calls;
  }

  private CallClient() {}
}
