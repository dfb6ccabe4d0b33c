package io.busbar.gateway.cli.demo;

import io.busbar.gateway.process.ChildProcess;
import io.busbar.gateway.process.ReadyLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The demo's processes: nodes, the samples spread over them, and one member application. */
final class DemoCluster implements AutoCloseable {
  private static final List<String> SAMPLES = List.of("echo", "thumbnail", "wordcount");
  private static final String MAIN = "io.busbar.gateway.Main";
  private static final String MEMBER_APPLICATION = "io.busbar.samples.app.UppercaseApp";
  private static final String ROUTES =
      Stream.concat(SAMPLES.stream(), Stream.of("uppercase"))
          .map(pool -> "{match: {fn_id: " + pool + "}, pool: " + pool + "}")
          .collect(Collectors.joining(", ", "routes=[", "]"));

  /** With fewer nodes those that are left after a kill are no majority. */
  static final int CARTS_FROM = 3;

  private static final long READY_SECONDS = 120;

  private final Path folder;
  private final List<ChildProcess> processes = new ArrayList<>();
  private final List<ReadyLine> nodes = new ArrayList<>();

  private DemoCluster(Path folder) {
    this.folder = folder;
  }

  /**
   * Starts the nodes one after the other, then the member application.
   *
   * @param fixedPorts the first node uses the default ports, so that people can call it too
   */
  static DemoCluster start(int size, boolean fixedPorts) throws Exception {
    DemoCluster cluster = new DemoCluster(Files.createTempDirectory("busbar-demo-"));
    boolean up = false;
    try {
      for (int i = 0; i < size; i++) {
        cluster.startNode(i, size, fixedPorts && i == 0);
      }
      cluster.startMember();
      up = true;
      return cluster;
    } finally {
      if (!up) {
        cluster.close();
      }
    }
  }

  private void startNode(int index, int size, boolean fixedPorts) throws Exception {
    String name = "demo-" + (index + 1);
    List<String> arguments = new ArrayList<>(List.of("serve", "--name", name));
    arguments.addAll(List.of("--data-dir", folder.resolve(name).toString(), "--set", ROUTES));
    if (!fixedPorts) {
      for (String port : List.of("http", "runner", "control-plane", "management", "cluster")) {
        arguments.addAll(List.of("--set", port + ".port=0"));
      }
    }
    if (index > 0) {
      arguments.addAll(List.of("--join", nodes.get(0).values().get("cluster")));
    }
    for (int s = 0; s < SAMPLES.size(); s++) {
      if (s % size == index) {
        arguments.addAll(List.of("--plugin", SAMPLES.get(s)));
      }
    }
    if (size >= CARTS_FROM) {
      // All nodes run in one folder, and so share the journals.
      arguments.addAll(List.of("--plugin", "cart"));
      arguments.addAll(List.of("--set", "ownership.ttl=2s", "--set", "ownership.margin=500ms"));
    }
    nodes.add(launch(name, MAIN, arguments));
  }

  private void startMember() throws Exception {
    launch(
        "uppercase application",
        MEMBER_APPLICATION,
        List.of("--join", nodes.get(0).values().get("cluster"), "--name", "demo-app"));
  }

  private ReadyLine launch(String name, String main, List<String> arguments) throws Exception {
    ChildProcess process = ChildProcess.start(name, folder, main, arguments);
    processes.add(process);
    try {
      return process.awaitReady(READY_SECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause().getMessage(), e);
    }
  }

  List<ReadyLine> nodes() {
    return nodes;
  }

  /** Ends a node without a chance to say goodbye. */
  void kill(String name) {
    for (ChildProcess process : List.copyOf(processes)) {
      if (process.name().equals(name)) {
        process.close();
        processes.remove(process);
      }
    }
  }

  /** Stops all in order, application first; the names of those that did not leave cleanly. */
  List<String> stop() throws InterruptedException {
    List<String> unclean = new ArrayList<>();
    for (int i = processes.size() - 1; i >= 0; i--) {
      ChildProcess process = processes.get(i);
      if (!process.stop()) {
        unclean.add(process.name() + " did not stop cleanly:\n" + process.lastLines());
      }
    }
    return unclean;
  }

  @Override
  public void close() throws IOException {
    processes.forEach(ChildProcess::close);
    try (Stream<Path> left = Files.walk(folder)) {
      for (Path path : left.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
