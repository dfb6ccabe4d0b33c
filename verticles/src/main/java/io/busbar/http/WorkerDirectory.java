package io.busbar.http;

import io.busbar.bus.v1.WorkerInfo;
import java.util.Collection;

/** The pools and workers of the cluster as this node sees them. Read on any lane, never blocks. */
public interface WorkerDirectory {
  /** All workers, in any order. */
  Collection<WorkerInfo> workers();

  /** By id, null = not there. */
  WorkerInfo worker(String id);

  /** Names of the configured pools; pools that only have workers need not be among them. */
  Collection<String> pools();
}
