package io.busbar.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Another JVM with this one's class path, started for a test. It prints a line that begins with
 * READY when it is up, and goes when this one goes: its main must end when its standard input does.
 */
public final class ChildJvm implements AutoCloseable {
  private static final int LINES_KEPT = 200;
  private static final long PATIENCE_SECONDS = 90;

  private final Process process;
  private final Deque<String> lines = new ArrayDeque<>();
  private final CompletableFuture<String> ready = new CompletableFuture<>();

  private ChildJvm(Process process) {
    this.process = process;
  }

  /** Starts it and waits for the READY line. */
  public static ChildJvm start(Class<?> main, String... args) throws Exception {
    return start(List.of("-Xmx512m"), main, args);
  }

  public static ChildJvm start(List<String> jvmArgs, Class<?> main, String... args)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(jvmArgs);
    command.addAll(
        List.of(
            "--add-modules",
            "java.se",
            "--add-exports",
            "java.base/jdk.internal.ref=ALL-UNNAMED",
            "--add-opens",
            "java.base/java.lang=ALL-UNNAMED",
            "--add-opens",
            "java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens",
            "java.management/sun.management=ALL-UNNAMED",
            "--add-opens",
            "jdk.management/com.sun.management.internal=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    command.addAll(List.of(args));
    ChildJvm child = new ChildJvm(new ProcessBuilder(command).redirectErrorStream(true).start());
    Thread reader = new Thread(child::read, "child-" + child.process.pid());
    reader.setDaemon(true);
    reader.start();
    try {
      child.ready.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      child.kill();
      throw new IllegalStateException("no READY line:\n" + child.output(), e);
    }
    return child;
  }

  /**
   * In the child: starts what the test needs, says READY with the line it returns, and ends the
   * process when that fails or when the parent is gone. Never returns.
   */
  public static void main(Callable<String> start) throws IOException {
    try {
      System.out.println("READY " + start.call());
    } catch (Exception e) {
      e.printStackTrace(System.out);
      System.out.flush();
      Runtime.getRuntime().halt(1);
    }
    System.out.flush();
    // What the parent writes does not matter; that its end of the pipe is gone does.
    System.in.transferTo(OutputStream.nullOutputStream());
    Runtime.getRuntime().halt(0);
  }

  private void read() {
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        note(line);
        if (line.startsWith("READY")) {
          ready.complete(line);
        }
      }
    } catch (IOException e) {
      note(e.toString());
    }
    ready.completeExceptionally(new IllegalStateException("ended before READY:\n" + output()));
  }

  private synchronized void note(String line) {
    lines.add(line);
    if (lines.size() > LINES_KEPT) {
      lines.poll();
    }
  }

  /** The last lines it printed. */
  public synchronized String output() {
    return String.join("\n", lines);
  }

  public String readyLine() {
    return ready.join();
  }

  public long pid() {
    return process.pid();
  }

  public boolean alive() {
    return process.isAlive();
  }

  /** SIGKILL; returns when it is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /** SIGSTOP: it stays there and does nothing. */
  public void freeze() throws Exception {
    signal("STOP");
  }

  /** SIGCONT. */
  public void thaw() throws Exception {
    signal("CONT");
  }

  /** SIGTERM. */
  public void terminate() {
    process.destroy();
  }

  private void signal(String name) throws Exception {
    int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
    if (code != 0) {
      throw new IllegalStateException("kill -" + name + " " + pid() + " ended with " + code);
    }
  }

  @Override
  public void close() throws Exception {
    kill();
  }
}
