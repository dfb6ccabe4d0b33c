package io.busbar.gateway.member;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A plugin team's application in a JVM of its own, with busbar-proto and what that needs on its
 * class path, and nothing else of Busbar but its own classes. Killed after a while whatever
 * happens.
 */
final class AppProcess implements AutoCloseable {
  private static final long LONGEST_LIFE_SECONDS = 300;
  private static final long START_SECONDS = 90;

  /** Classes of the contract and of the application, and the libraries that the contract needs. */
  private static final Pattern ALLOWED =
      Pattern.compile(
          ".*(/proto/target/classes|busbar-proto-[^/]*(?<!tests)\\.jar"
              + "|/samples/target/classes|busbar-samples-[^/]*(?<!tests)\\.jar"
              + "|/(vertx-core|vertx-grpc|vertx-hazelcast|hazelcast|netty|jackson-core"
              + "|protobuf-java|slf4j-api|logback)[^/]*\\.jar)");

  private final Process process;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final List<String> log = new ArrayList<>();

  private AppProcess(Process process) {
    this.process = process;
    CompletableFuture.runAsync(
        process::destroyForcibly,
        CompletableFuture.delayedExecutor(LONGEST_LIFE_SECONDS, TimeUnit.SECONDS));
    Thread reader = new Thread(this::read, "app-output");
    reader.setDaemon(true);
    reader.start();
  }

  static String classPath() {
    return String.join(
        File.pathSeparator,
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> ALLOWED.matcher(entry).matches())
            .toList());
  }

  static AppProcess launch(Path directory, String mainClass, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--add-modules=java.se",
                "-cp",
                classPath(),
                mainClass));
    command.addAll(List.of(arguments));
    try {
      return new AppProcess(
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("READY ")) {
          ready.complete(null);
        }
        if (!line.contains(" DEBUG ")) {
          keep(line);
        }
      }
    } catch (IOException e) {
      keep("output ended: " + e.getMessage());
    }
    ready.completeExceptionally(new IllegalStateException("ended before READY:\n" + log()));
  }

  private void keep(String line) {
    synchronized (log) {
      log.add(line);
    }
  }

  String log() {
    synchronized (log) {
      return String.join("\n", log);
    }
  }

  AppProcess awaitReady() throws Exception {
    ready.get(START_SECONDS, TimeUnit.SECONDS);
    return this;
  }

  /** SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** SIGKILL. */
  void kill() {
    process.destroyForcibly();
  }

  /** SIGSTOP. */
  void freeze() throws Exception {
    signal("STOP");
  }

  /** SIGCONT. */
  void thaw() throws Exception {
    signal("CONT");
  }

  private void signal(String name) throws Exception {
    int code =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    if (code != 0) {
      throw new AssertionError("kill -" + name + " ended with " + code);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  int exitCode() throws InterruptedException {
    if (!process.waitFor(START_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("still runs:\n" + log());
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
