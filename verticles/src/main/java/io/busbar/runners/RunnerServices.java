package io.busbar.runners;

import io.busbar.bus.Service;
import io.busbar.bus.v1.RunnerName;
import io.busbar.bus.v1.RunnerOrder;
import io.busbar.bus.v1.RunnerShare;

/** Services of a gateway node's first lane about dialled runners. */
public final class RunnerServices {
  /**
   * From the other gateway nodes: what the asker knows. The answer is the receiver's share; it is
   * given when the receiver acts on the question.
   */
  public static final Service<RunnerShare, RunnerShare> SHARE =
      Service.of("runners.share", RunnerShare.parser(), RunnerShare.parser());

  /**
   * Puts a runner into a pool or takes it out, on every node, until the opposite order or the end
   * of the whole cluster. Stamp and node are filled in; answered with the order as it was entered.
   * INVALID_REQUEST for a bad address, TOO_MANY_REQUESTS when too many orders are kept.
   */
  public static final Service<RunnerOrder, RunnerOrder> ORDER =
      Service.of("runners.order", RunnerOrder.parser(), RunnerOrder.parser());

  /**
   * The runners of one pool as this node knows them: those that the configuration or a name service
   * of some node names, and the orders. Addresses of the question are left out of account.
   */
  public static final Service<RunnerName, RunnerShare> LIST =
      Service.of("runners.list", RunnerName.parser(), RunnerShare.parser());

  private RunnerServices() {}
}
