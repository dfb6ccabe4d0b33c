package io.busbar.gateway.bench;

import io.busbar.gateway.process.ChildProcess;
import io.busbar.gateway.process.ReadyLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/** The server processes of a benchmark, ended with it, also when this program is interrupted. */
final class Farm implements AutoCloseable {
  private static final String MAIN = "io.busbar.gateway.Main";
  private static final long READY_SECONDS = 180;

  /**
   * A process that is ready.
   *
   * @param process for its processor time
   * @param ready its addresses
   */
  record Server(ChildProcess process, ReadyLine ready) {
    String host(String port) {
      return ready.host(port);
    }

    int port(String port) {
      return ready.port(port);
    }
  }

  private final Path folder;
  private final List<ChildProcess> processes = new ArrayList<>();

  Farm() throws IOException {
    folder = Files.createTempDirectory("busbar-bench-");
    Runtime.getRuntime().addShutdownHook(new Thread(this::kill, "bench-end"));
  }

  /** A node on free ports; calls with fn_id P go to pool P for each of the plugins' pools. */
  Server node(String name, String cluster, Server join, List<String> plugins, List<String> pools)
      throws Exception {
    List<String> arguments = new ArrayList<>(List.of("serve", "--name", name));
    arguments.addAll(List.of("--data-dir", folder.resolve(name).toString()));
    for (String port : List.of("http", "runner", "management", "cluster")) {
      set(arguments, port + ".port=0");
    }
    set(arguments, "cluster.name=" + cluster);
    set(arguments, "log.level=warn");
    // A frozen or starved process is no loss here: the machine is kept busy on purpose.
    set(arguments, "cluster.lost-after=60s");
    for (String pool : pools) {
      // A configured pool queues a call until its first worker is announced.
      set(arguments, "pools." + pool + ".queue-timeout=60s");
    }
    List<String> routes =
        pools.stream().map(p -> "{match: {fn_id: " + p + "}, pool: " + p + "}").toList();
    set(arguments, "routes=[" + String.join(", ", routes) + "]");
    if (join != null) {
      arguments.addAll(List.of("--join", join.ready().values().get("cluster")));
    }
    for (String plugin : plugins) {
      arguments.addAll(List.of("--plugin", plugin));
    }
    return start(name, MAIN, arguments);
  }

  private static void set(List<String> arguments, String setting) {
    arguments.add("--set");
    arguments.add(setting);
  }

  /** Any other main class; it says READY like a node. */
  Server start(String name, String main, List<String> arguments) throws Exception {
    ChildProcess process = ChildProcess.start(name, folder, main, arguments);
    synchronized (processes) {
      processes.add(process);
    }
    try {
      return new Server(process, process.awaitReady(READY_SECONDS));
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause().getMessage(), e);
    }
  }

  private void kill() {
    synchronized (processes) {
      processes.forEach(ChildProcess::close);
    }
  }

  /** Ends all at once; nothing they hold is worth a drain. */
  @Override
  public void close() throws IOException {
    kill();
    processes.forEach(process -> process.ended().join());
    try (Stream<Path> left = Files.walk(folder)) {
      for (Path path : left.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
