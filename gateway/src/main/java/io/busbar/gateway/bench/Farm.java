package io.busbar.gateway.bench;

import io.busbar.gateway.process.ChildProcess;
import io.busbar.gateway.process.ReadyLine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
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

  private static final long POLL_MILLIS = 50;
  private static final Path SETSID = Path.of("/usr/bin/setsid");

  private final boolean apart;
  private final Path folder;
  private final List<ChildProcess> processes = new ArrayList<>();

  Farm() throws IOException {
    this(false);
  }

  /**
   * @param apart each server in a process session of its own, where the system has sessions, so
   *     that the kernel shares the processors between servers and not between their threads
   */
  Farm(boolean apart) throws IOException {
    this.apart = apart && Files.isExecutable(SETSID);
    folder = Files.createTempDirectory("busbar-bench-");
    Runtime.getRuntime().addShutdownHook(new Thread(this::kill, "bench-end"));
  }

  /** A node on free ports; calls with fn_id P go to pool P for each of the plugins' pools. */
  Server node(String name, String cluster, Server join, List<String> plugins, List<String> pools)
      throws Exception {
    return node(name, cluster, join, plugins, pools, List.of());
  }

  /** The same with more settings, as {@code key=value}. */
  Server node(
      String name,
      String cluster,
      Server join,
      List<String> plugins,
      List<String> pools,
      List<String> settings)
      throws Exception {
    List<String> arguments = arguments(name, cluster, pools);
    settings.forEach(setting -> set(arguments, setting));
    if (join != null) {
      arguments.addAll(List.of("--join", join.ready().values().get("cluster")));
    }
    for (String plugin : plugins) {
      arguments.addAll(List.of("--plugin", plugin));
    }
    return start(name, MAIN, arguments);
  }

  /** A lone node with a file of settings, for what is too long for a command line. */
  Server node(String name, Path settings, List<String> pools) throws Exception {
    List<String> arguments = arguments(name, name, pools);
    arguments.addAll(List.of("--config", settings.toString()));
    return start(name, MAIN, arguments);
  }

  private List<String> arguments(String name, String cluster, List<String> pools) {
    List<String> arguments = new ArrayList<>(List.of("serve", "--name", name));
    arguments.addAll(List.of("--data-dir", folder.resolve(name).toString()));
    for (String port : List.of("http", "runner", "control-plane", "management", "cluster")) {
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
    return arguments;
  }

  private static void set(List<String> arguments, String setting) {
    arguments.add("--set");
    arguments.add(setting);
  }

  /** Any other main class; it says READY like a node. */
  Server start(String name, String main, List<String> arguments) throws Exception {
    ChildProcess process = run(name, ChildProcess.java(main, arguments));
    try {
      return new Server(process, process.awaitReady(READY_SECONDS));
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause().getMessage(), e);
    }
  }

  /** Any other program that listens on a port of this machine; ready when it takes connections. */
  Server program(String name, int port, List<String> command) throws Exception {
    ChildProcess process = run(name, command);
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
    while (!listens(port)) {
      // A foreign program does not say when it listens; that it ended is told.
      if (process.endsWithin(POLL_MILLIS) || System.nanoTime() > until) {
        throw new IllegalStateException(name + " does not listen:\n" + process.lastLines());
      }
    }
    return new Server(process, new ReadyLine(Map.of("node", name, "runner", "127.0.0.1:" + port)));
  }

  private ChildProcess run(String name, List<String> command) throws IOException {
    List<String> whole = new ArrayList<>();
    if (apart) {
      whole.add(SETSID.toString());
    }
    whole.addAll(command);
    ChildProcess process = ChildProcess.run(name, folder, whole);
    synchronized (processes) {
      processes.add(process);
    }
    return process;
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      // Not yet.
      return false;
    }
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Where servers may keep files; gone with the benchmark. */
  Path folder() {
    return folder;
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
