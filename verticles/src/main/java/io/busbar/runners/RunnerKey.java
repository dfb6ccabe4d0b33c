package io.busbar.runners;

/** One runner in one pool. A runner that is in two pools is two workers. */
public record RunnerKey(String pool, RunnerAddress address) implements Comparable<RunnerKey> {
  /** Name of the worker, the same whichever node dials it. */
  public String workerName() {
    return pool + "." + address;
  }

  /** Id of the worker while that node dials it. */
  public String workerId(String node) {
    return workerName() + "@" + node;
  }

  @Override
  public int compareTo(RunnerKey other) {
    int byPool = pool.compareTo(other.pool);
    return byPool != 0 ? byPool : address.compareTo(other.address);
  }
}
