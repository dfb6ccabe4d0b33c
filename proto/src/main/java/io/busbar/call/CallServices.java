package io.busbar.call;

import io.busbar.bus.Service;
import io.busbar.bus.v1.CallQuery;
import io.busbar.bus.v1.CallState;
import io.busbar.bus.v1.CallsAlive;
import io.busbar.bus.v1.Empty;

/** Services of the call primitive. */
public final class CallServices {
  /**
   * State of a call, and its cancel. Asked of the lane that opened the call. NOT_FOUND when it is
   * not, or no longer, remembered there.
   */
  public static final Service<CallQuery, CallState> QUERY =
      Service.of("calls.query", CallQuery.parser(), CallState.parser());

  /**
   * Which of these attempts are no longer wanted. Asked by a worker's lane of the caller's lane, so
   * that a lost cancel frees its slot.
   */
  public static final Service<CallsAlive, CallsAlive> ALIVE =
      Service.of("calls.alive", CallsAlive.parser(), CallsAlive.parser());

  /**
   * The caller follows this attempt but has no body byte yet. Told by the caller's lane to the
   * worker's; counts as the first frame.
   */
  public static final Service<CallQuery, Empty> START =
      Service.of("calls.start", CallQuery.parser(), Empty.parser());

  private CallServices() {}
}
