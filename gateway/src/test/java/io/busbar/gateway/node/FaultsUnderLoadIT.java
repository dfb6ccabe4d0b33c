package io.busbar.gateway.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.testing.FakeCartHosts;
import io.busbar.gateway.testing.Load;
import io.busbar.gateway.testing.NodeGroup;
import io.busbar.gateway.testing.NodeProcess;
import io.busbar.testing.FreePorts;
import io.busbar.testing.FreezesProcess;
import io.busbar.testing.TcpProxy;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three real nodes with 200 calls in flight, and a fault: whatever it is, every call ends once and
 * in time, no short body passes for a success, what says that a retry is safe succeeds on one, and
 * the others serve on.
 */
@FreezesProcess
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FaultsUnderLoadIT {
  private static final int CALLS = 200;
  private static final Duration LOST_AFTER = Duration.ofSeconds(6);
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  /** How much later than its deadline an end may reach a client on a loaded machine. */
  private static final Duration SLACK = Duration.ofSeconds(20);

  private static final long WAIT_SECONDS = 90;

  /** Hosts outside; so many that each node is to ping some of them. */
  private static final int HOSTS = 16;

  @TempDir private static Path directory;
  private static NodeGroup nodes;

  private static FakeCartHosts hosts;

  /** The way of the others' bus messages to a and to c. */
  private static TcpProxy toA;

  private static TcpProxy toC;

  private Load load;

  @BeforeAll
  static void start() throws Exception {
    hosts = new FakeCartHosts(HOSTS);
    nodes =
        new NodeGroup(
            directory,
            "--set",
            hosts.asSetting(),
            "--set",
            "cluster.lost-after=" + LOST_AFTER.toSeconds() + "s",
            "--set",
            "pools.echo.queue-timeout=1s");
    int busOfA = FreePorts.one();
    toA = TcpProxy.to(busOfA);
    int busOfC = FreePorts.one();
    toC = TcpProxy.to(busOfC);
    nodes.launch("a", behind(toA, busOfA));
    nodes.launch("b", "--plugin", "echo");
    nodes.launch("c", behind(toC, busOfC, "--plugin", "echo"));
  }

  private static String[] behind(TcpProxy proxy, int port, String... more) {
    List<String> all =
        new ArrayList<>(
            List.of("--set", "bus.port=" + port, "--set", "bus.public-port=" + proxy.port()));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  @AfterAll
  static void end() throws Exception {
    nodes.close();
    hosts.close();
    toA.close();
    toC.close();
  }

  @AfterEach
  void endLoad() {
    if (load != null) {
      load.close();
    }
  }

  @BeforeEach
  void allAreThere() {
    nodes.whole();
    nodes.alive().forEach(node -> nodes.serves(node, "echo"));
  }

  /** Half of the calls enter where no worker is, and so are carried by the bus. */
  private void load() {
    NodeProcess a = nodes.node("a");
    load = Load.start(List.of(a, nodes.node("b"), a, nodes.node("c")), CALLS, DEADLINE);
    nodes.eventually(
        () -> {
          int running = NodeGroup.running(nodes.node("b"));
          assertTrue(running >= CALLS * 3 / 4, () -> "running: " + running);
        });
    // More than what a call of the test itself can have left in the view.
    for (String node : List.of("b", "c")) {
      nodes.eventually(
          () -> assertTrue(tasks(node) >= CALLS / 10, "too little on " + node + " to be lost"));
    }
  }

  private static int tasks(String node) {
    return NodeGroup.workers(nodes.node("b")).stream()
        .filter(worker -> worker.getString("worker_id").equals("echo@" + node))
        .mapToInt(worker -> worker.getInteger("running_tasks"))
        .sum();
  }

  // ---- the faults ------------------------------------------------------------------------------

  @Test
  @Order(1)
  void aNodeLinkThatIsCutForAMomentLosesNothing() throws Exception {
    load();

    for (int i = 0; i < 5; i++) {
      toA.cut();
      toC.cut();
      served(nodes.node("b"));
    }

    List<Load.End> ends = load.stop(WAIT_SECONDS);
    report("link cut five times", ends);
    for (Load.End end : ends) {
      assertEquals(Load.How.WHOLE, end.how(), end.toString());
    }
    nothingIsLeft();
  }

  @Test
  @Order(2)
  void aNodeLinkThatIsGoneForLongEndsWhatItCarriedAndHeals() throws Exception {
    load();

    toA.cutForGood();
    toC.cutForGood();
    served(nodes.node("b"));
    lostAfterHasPassed();
    toA.mend();
    toC.mend();

    checked("link gone for longer than cluster.lost-after", load.stop(WAIT_SECONDS), "");
    nothingIsLeft();
    nodes.whole();
    nodes.alive().forEach(node -> nodes.serves(node, "echo"));
  }

  @Test
  @Order(3)
  void aFrozenNodeCostsOnlyItsOwnCallsAndServesAfterTheThaw() throws Exception {
    freezeUnderLoad("c", Duration.ZERO);
  }

  @Test
  @Order(3)
  @Tag("long")
  void aNodeFrozenForHalfAMinuteServesAfterTheThaw() throws Exception {
    freezeUnderLoad("c", Duration.ofSeconds(30));
  }

  @Test
  @Order(3)
  void theOldestNodeFrozenRejoinsToo() throws Exception {
    freezeUnderLoad("a", Duration.ZERO);
  }

  /** Frozen until the others have dropped it, and for so long. */
  private void freezeUnderLoad(String name, Duration atLeast) throws Exception {
    load();
    NodeProcess frozen = nodes.node(name);
    List<NodeProcess> others = nodes.alive().stream().filter(node -> node != frozen).toList();

    long begin = System.nanoTime();
    frozen.sigstop();
    try {
      for (NodeProcess other : others) {
        served(other);
      }
      for (NodeProcess other : others) {
        nodes.sees(other, 2);
      }
      do {
        served(others.get(0));
      } while (System.nanoTime() - begin < atLeast.toNanos());
    } finally {
      frozen.sigcont();
    }

    checked("node " + name + " frozen", load.stop(WAIT_SECONDS), name);
    nothingIsLeft();
    nodes.whole();
    nodes.alive().forEach(node -> nodes.serves(node, "echo"));
    nodes.eventually(() -> assertEquals("echo@c", nodes.serves(nodes.node("c"), "echo")));
    assertTrue(frozen.isAlive(), "it was never restarted");
  }

  @Test
  @Order(4)
  void aKilledNodeCostsOnlyItsOwnCallsAndTheOthersServeAtOnce() throws Exception {
    load();
    String lost = controlHost("c");
    nodes.eventually(() -> assertNotEquals(Set.of(), hosts.pingedBy(lost)));

    long killed = System.nanoTime();
    nodes.node("c").sigkill();
    long first = Math.max(served(nodes.node("a")), served(nodes.node("b"))) - killed;
    long worst = 0;
    for (int i = 0; i < 20; i++) {
      for (NodeProcess node : List.of(nodes.node("a"), nodes.node("b"))) {
        long sent = System.nanoTime();
        worst = Math.max(worst, served(node) - sent);
      }
    }

    System.out.printf(
        "node killed: the survivors served their first new call after %d ms, the slowest of 40 took"
            + " %d ms%n",
        TimeUnit.NANOSECONDS.toMillis(first), TimeUnit.NANOSECONDS.toMillis(worst));
    nodes.sees(nodes.node("a"), 2);
    nodes.sees(nodes.node("b"), 2);
    long settled = System.nanoTime();
    nodes.serves(nodes.node("a"), "echo");
    List<Load.End> ends = load.stop(WAIT_SECONDS);
    checked("node killed", ends, "c");
    for (Load.End end : ends) {
      assertTrue(
          end.started() < settled || end.entry().equals("c") || end.how() == Load.How.WHOLE,
          () -> "started when the loss was known: " + end);
    }
    nothingIsLeft();
    // The hosts outside that it pinged are pinged by the others.
    nodes.eventually(() -> assertEquals(Set.of(), hosts.pingedBy(lost)));
    nodes.eventually(
        () -> {
          int pinged =
              hosts.pingedBy(controlHost("a")).size() + hosts.pingedBy(controlHost("b")).size();
          assertEquals(HOSTS, pinged);
        });
  }

  private static String controlHost(String node) {
    return nodes.node(node).ready().get("control-plane");
  }

  @Test
  @Order(5)
  void callsThatFindNoWorkerAreToldToTryAgainAndSucceedWhenOneIsBack() throws Exception {
    for (String name : List.of("b", "c")) {
      if (nodes.runs(name)) {
        nodes.node(name).sigkill();
      }
    }
    nodes.sees(nodes.node("a"), 1);
    load = Load.start(List.of(nodes.node("a")), CALLS, DEADLINE);
    nodes.eventually(() -> assertTrue(load.retries() > CALLS, "all were told to try again"));

    nodes.launch("c", "--plugin", "echo");
    nodes.serves(nodes.node("a"), "echo");

    List<Load.End> ends = load.stop(WAIT_SECONDS);
    checked("no worker for a while", ends, "");
    for (Load.End end : ends) {
      assertEquals(
          Load.How.WHOLE, end.how(), () -> end + "\n" + nodes.remarks(Duration.ofSeconds(5)));
    }
    assertTrue(ends.stream().filter(end -> end.tries() > 1).count() >= CALLS, "all tried again");
    nothingIsLeft();
  }

  // ---- what holds for each ---------------------------------------------------------------------

  /** A new call that enters there succeeds, at once or when it says that a retry is safe; when. */
  private static long served(NodeProcess entry) throws Exception {
    HttpResponse<String> answer;
    do {
      answer =
          entry
              .callAsync("echo", "new", Map.of("Busbar-Timeout", DEADLINE.toMillis() + "ms"))
              .get(WAIT_SECONDS, TimeUnit.SECONDS);
    } while (answer.body().contains("\"retryable\":true"));
    assertEquals("new", answer.body(), entry.name());
    return System.nanoTime();
  }

  /** Two questions of the silence watch later the peers have given up on what the link carried. */
  private static void lostAfterHasPassed() throws Exception {
    long end = System.nanoTime() + 2 * LOST_AFTER.toNanos();
    while (System.nanoTime() < end) {
      served(nodes.node("b"));
    }
  }

  /**
   * @param down the node whose clients could not be answered for a while, "" = none
   */
  private static void checked(String fault, List<Load.End> ends, String down) {
    report(fault, ends);
    assertTrue(ends.stream().anyMatch(end -> end.how() == Load.How.WHOLE), "nothing came through");
    for (Load.End end : ends) {
      assertNotEquals(Load.How.WRONG, end.how(), end.toString());
      assertNotEquals(Load.How.NEVER, end.how(), end.toString());
      assertTrue(
          end.longestTry() < DEADLINE.plus(SLACK).toNanos() || end.entry().equals(down),
          () -> "later than its deadline: " + end + "\n" + nodes.remarks(DEADLINE));
    }
  }

  private static void report(String fault, List<Load.End> ends) {
    Map<Load.How, Long> count =
        ends.stream()
            .collect(Collectors.groupingBy(Load.End::how, TreeMap::new, Collectors.counting()));
    System.out.printf(
        "%s: %d calls ended, %s, %d of them after a retry; slowest try %d ms%n",
        fault,
        ends.size(),
        count,
        ends.stream().filter(end -> end.how() == Load.How.WHOLE && end.tries() > 1).count(),
        TimeUnit.NANOSECONDS.toMillis(
            ends.stream().mapToLong(Load.End::longestTry).max().orElse(0)));
    ends.stream()
        .filter(end -> end.how() != Load.How.WHOLE)
        .collect(
            Collectors.groupingBy(
                end -> end.entry() + " " + end.detail().replaceAll("[0-9a-f-]{8,}", "#"),
                TreeMap::new,
                Collectors.counting()))
        .forEach((what, times) -> System.out.println("  " + times + " x " + what));
  }

  private static void nothingIsLeft() {
    for (NodeProcess node : nodes.alive()) {
      nodes.eventually(() -> assertEquals(0, NodeGroup.running(node), node.name()));
      nodes.eventually(
          () -> {
            String metrics = node.get(node.management("/metrics")).body();
            for (String gauge : List.of("busbar_calls_active", "busbar_streams_open")) {
              double left =
                  metrics
                      .lines()
                      .filter(line -> line.startsWith(gauge))
                      .mapToDouble(
                          line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                      .sum();
              assertEquals(0, left, node.name() + " " + gauge);
            }
            // What is counted up and down must not go further down than up.
            List<String> negative =
                metrics
                    .lines()
                    .filter(line -> line.startsWith("busbar_") && line.contains("} -"))
                    .filter(line -> !line.contains("_skew") && !line.contains("_lease_"))
                    .toList();
            assertEquals(List.of(), negative, node.name());
          });
    }
  }
}
