package io.busbar.worker;

import io.busbar.bus.Service;
import io.busbar.bus.v1.WorkerChanged;
import io.busbar.bus.v1.WorkerCommand;
import io.busbar.bus.v1.WorkerInfo;

/** Services that a lane with workers offers. */
public final class WorkerServices {
  /**
   * On a worker's home lane: drains or resumes it; the answer is what it is then. NOT_FOUND when it
   * is not attached there, INVALID_REQUEST for another verb.
   */
  public static final Service<WorkerCommand, WorkerInfo> COMMAND =
      Service.of("workers.command", WorkerCommand.parser(), WorkerInfo.parser());

  /**
   * On every lane: all workers attached there, with the lane's version. To a question that names
   * that very version, for its asker has seen all announcements up to it, the answer is not full
   * and lists none. Earlier versions asked with an empty message and answer in full.
   */
  public static final Service<WorkerChanged, WorkerChanged> LIST =
      Service.of("workers.list", WorkerChanged.parser(), WorkerChanged.parser());

  private WorkerServices() {}
}
