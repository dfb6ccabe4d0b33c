package io.busbar.gateway.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A gateway node in a JVM of its own, with the class path of the tests. All ports are free ones,
 * read from the READY line. Ends with {@link #close}, at the latest with this JVM, and is killed
 * after {@link #LONGEST_LIFE_SECONDS} whatever happens.
 */
public final class NodeProcess implements AutoCloseable {
  /** Nothing in the default suite may need a node for longer. */
  public static final long LONGEST_LIFE_SECONDS = 300;

  private static final long START_SECONDS = 90;
  private static final int KEPT_LINES = 20_000;

  /** HTTP/1.1: this client drops every request of an HTTP/2 connection at its GOAWAY. */
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  private final String name;
  private final Process process;
  private final Thread killer;
  private final CompletableFuture<String> readyLine = new CompletableFuture<>();
  private final Deque<String> log = new ArrayDeque<>();

  private NodeProcess(String name, Process process) {
    this.name = name;
    this.process = process;
    this.killer = new Thread(process::destroyForcibly, "kill-" + name);
    Runtime.getRuntime().addShutdownHook(killer);
    CompletableFuture.runAsync(
        process::destroyForcibly,
        CompletableFuture.delayedExecutor(LONGEST_LIFE_SECONDS, TimeUnit.SECONDS));
    read(process.inputReader(StandardCharsets.UTF_8), true);
    read(process.errorReader(StandardCharsets.UTF_8), false);
  }

  /**
   * Starts {@code serve} and does not wait for it.
   *
   * @param directory for the node's data
   * @param arguments of {@code serve}, after those that give it a name and free ports
   */
  public static NodeProcess launch(String name, Path directory, String... arguments) {
    return launch(NodeImage.ofThisBuild(), name, directory, arguments);
  }

  static NodeProcess launch(NodeImage image, String name, Path directory, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(image.flags());
    command.addAll(
        List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--add-modules=java.se",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.management/sun.management=ALL-UNNAMED",
            "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED",
            "-cp",
            image.classPath(),
            "io.busbar.gateway.Main",
            "serve",
            "--name",
            name,
            "--data-dir",
            directory.resolve(name).toString()));
    for (String key :
        List.of("http", "runner", "control-plane", "falcon", "management", "cluster", "bus")) {
      command.add("--set");
      command.add(key + ".port=0");
    }
    command.addAll(List.of(arguments));
    try {
      Files.createDirectories(directory);
      return new NodeProcess(
          name, new ProcessBuilder(command).directory(directory.toFile()).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a node and waits for its READY line. */
  public static NodeProcess start(String name, Path directory, String... arguments) {
    NodeProcess node = launch(name, directory, arguments);
    try {
      node.ready();
      return node;
    } catch (RuntimeException | Error e) {
      node.close();
      throw e;
    }
  }

  private void read(BufferedReader lines, boolean stdout) {
    Thread reader =
        new Thread(
            () -> {
              try (lines) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                  if (stdout && line.startsWith("READY ")) {
                    readyLine.complete(line);
                  }
                  keep(line);
                }
              } catch (IOException e) {
                keep("output ended: " + e.getMessage());
              }
              if (stdout) {
                readyLine.completeExceptionally(
                    new IllegalStateException(name + " ended before READY:\n" + log()));
              }
            },
            "output-" + name);
    reader.setDaemon(true);
    reader.start();
  }

  private void keep(String line) {
    synchronized (log) {
      log.add(line);
      if (log.size() > KEPT_LINES) {
        log.poll();
      }
    }
  }

  public String name() {
    return name;
  }

  /** Of the process, as the operating system counts. */
  public long pid() {
    return process.pid();
  }

  /** The last lines that the process printed, for messages of failed assertions. */
  public String log() {
    synchronized (log) {
      return String.join("\n", log);
    }
  }

  /** The fields of the READY line; waits for it. */
  public Map<String, String> ready() {
    try {
      Map<String, String> fields = new LinkedHashMap<>();
      for (String field : readyLine.get(START_SECONDS, TimeUnit.SECONDS).split(" ", -1)) {
        int equals = field.indexOf('=');
        if (equals > 0) {
          fields.put(field.substring(0, equals), field.substring(equals + 1));
        }
      }
      return fields;
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError(name + " is not ready:\n" + log(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Where others find this node's cluster member, for {@code --join}. */
  public String cluster() {
    return ready().get("cluster");
  }

  public URI http(String path) {
    return URI.create("http://" + ready().get("http") + path);
  }

  public URI management(String path) {
    return URI.create("http://" + ready().get("management") + path);
  }

  /** One call of a pool, and its answer. */
  public HttpResponse<String> call(String pool, String body) {
    return send(
        HttpRequest.newBuilder(http("/v1/pools/" + pool + "/calls"))
            .timeout(Duration.ofSeconds(30))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  /** A call whose answer comes later. */
  public CompletableFuture<HttpResponse<String>> callAsync(
      String pool, String body, Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(http("/v1/pools/" + pool + "/calls"))
            .timeout(Duration.ofSeconds(90))
            .POST(HttpRequest.BodyPublishers.ofString(body));
    headers.forEach(request::header);
    return HTTP.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  public HttpResponse<String> get(URI uri) {
    return send(HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build());
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(name + ": " + request.uri() + "\n" + log(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Ends the process without a chance to say goodbye. */
  public void sigkill() {
    process.destroyForcibly();
  }

  public void sigterm() {
    signal("TERM");
  }

  public void sighup() {
    signal("HUP");
  }

  /** Freezes the process: sockets stay open, nothing answers. */
  public void sigstop() {
    signal("STOP");
  }

  public void sigcont() {
    signal("CONT");
  }

  private void signal(String signal) {
    try {
      new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
          .inheritIO()
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for the end of the process; its exit code. */
  public int exitCode(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(name + " still runs after " + limit + ":\n" + log());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      Runtime.getRuntime().removeShutdownHook(killer);
    } catch (IllegalStateException shuttingDown) {
      killer.interrupt();
    }
  }
}
