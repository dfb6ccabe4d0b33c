package io.busbar.gateway.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.busbar.registry.PoolSummary;
import io.busbar.registry.WorkerView;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which pools people are shown. */
class DirectoryTest {
  private final WorkerView view = new WorkerView("self");
  private final Directory directory = new Directory(view, Set.of("b", "a"));

  private List<String> shown() {
    return directory.pools().stream().map(PoolSummary::name).toList();
  }

  @Test
  void configuredPoolsAreShownBeforeTheyHaveAWorker() {
    assertEquals(List.of("a", "b"), shown());
  }

  @Test
  void aPoolOnlyHeardOfIsShownWhileItHasCalls() {
    view.configured("heard");
    assertEquals(List.of("a", "b"), shown());
    view.pool("heard").waiting().set(1);
    assertEquals(List.of("a", "b", "heard"), shown());
  }

  @Test
  void aChangedConfigurationCounts() {
    directory.replace(Set.of("c"));
    assertEquals(List.of("c"), shown());
  }
}
