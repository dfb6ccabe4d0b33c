package io.busbar.dispatch;

import io.busbar.bus.v1.WorkerInfo;
import io.busbar.registry.Announcements;
import io.busbar.registry.Hashes;
import io.busbar.registry.WorkerCell;
import io.busbar.registry.WorkerPool;
import io.busbar.registry.WorkerView;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The dispatcher's choice of a worker, in a small pool and in a very large one. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ChoiceBenchmark {
  private static final long NOW = 1000;

  @Param({"10", "10000"})
  public int workers;

  private final WorkerChoice choice = new WorkerChoice(new SplittableRandom(1));
  private final long key = Hashes.of("session-7");
  private WorkerPool pool;

  @Setup
  public void fill() {
    WorkerView view = new WorkerView("a", () -> NOW);
    List<WorkerInfo> infos = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      infos.add(Announcements.worker("b", "b" + i, "p", 100));
    }
    new Announcements(view).say(infos);
    pool = view.pool("p");
  }

  @Benchmark
  public WorkerCell leastLoaded() {
    return taken(choice.choose(pool, null, 0, NOW));
  }

  @Benchmark
  public WorkerCell affinity() {
    return taken(choice.choose(pool, null, key, NOW));
  }

  private static WorkerCell taken(WorkerCell cell) {
    cell.reserve();
    cell.release();
    return cell;
  }
}
