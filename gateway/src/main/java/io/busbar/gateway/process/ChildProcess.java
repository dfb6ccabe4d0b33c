package io.busbar.gateway.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A child process of this program: a node, a plugin team's application, a peer of a benchmark. */
public final class ChildProcess implements AutoCloseable {
  private static final int KEPT_LINES = 40;
  private static final long STOP_SECONDS = 20;
  private static final Pattern PASSED_ON =
      Pattern.compile(
          "--add-.*|-Xm.*|-XX:\\+Use\\w+GC|-XX:(PerfDataSamplingInterval|TieredStopAtLevel)=\\d+");

  private final String name;
  private final Process process;
  private final CompletableFuture<ReadyLine> ready = new CompletableFuture<>();
  private final Deque<String> lastLines = new ArrayDeque<>();

  private ChildProcess(String name, Process process) {
    this.name = name;
    this.process = process;
  }

  /**
   * Starts a main class on this program's own class path, with the JVM flags it was started with.
   */
  public static ChildProcess start(
      String name, Path folder, String mainClass, List<String> arguments) throws IOException {
    return run(name, folder, java(mainClass, arguments));
  }

  /** The command line that {@link #start} runs. */
  public static List<String> java(String mainClass, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (PASSED_ON.matcher(flag).matches()) {
        command.add(flag);
      }
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(mainClass);
    command.addAll(arguments);
    return command;
  }

  /** Starts any program. */
  public static ChildProcess run(String name, Path folder, List<String> command)
      throws IOException {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    ChildProcess started = new ChildProcess(name, process);
    Thread reader = new Thread(started::read, "output-of-" + name);
    reader.setDaemon(true);
    reader.start();
    return started;
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        ReadyLine found = ReadyLine.parse(line);
        if (found != null) {
          ready.complete(found);
        }
        keep(line);
      }
    } catch (IOException e) {
      keep("output of " + name + " ended: " + e.getMessage());
    }
    ready.completeExceptionally(
        new IllegalStateException(name + " ended before it was ready:\n" + lastLines()));
  }

  private synchronized void keep(String line) {
    if (lastLines.size() == KEPT_LINES) {
      lastLines.removeFirst();
    }
    lastLines.addLast(line);
  }

  /** The last lines the process printed. */
  public synchronized String lastLines() {
    return String.join("\n", lastLines);
  }

  public String name() {
    return name;
  }

  /** Waits for the READY line; fails with the process's last words when it ended before. */
  public ReadyLine awaitReady(long seconds) throws Exception {
    return ready.get(seconds, TimeUnit.SECONDS);
  }

  /** The operating system's number of the process. */
  public long pid() {
    return process.pid();
  }

  /** Processor time used so far, of all its threads and its own children, in nanoseconds. */
  public long cpuNanos() {
    return cpuNanos(process.toHandle())
        + process.descendants().mapToLong(ChildProcess::cpuNanosOrNone).sum();
  }

  /** A child may just have ended. */
  private static long cpuNanosOrNone(ProcessHandle child) {
    return child.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
  }

  private long cpuNanos(ProcessHandle of) {
    return of.info()
        .totalCpuDuration()
        .orElseThrow(() -> new IllegalStateException("no processor time known of " + name))
        .toNanos();
  }

  /**
   * Processor time its just-in-time compilers used so far, in nanoseconds; 0 where the system does
   * not tell the time of single threads. Compiler threads that ended are not in it.
   */
  public long compilerNanos() {
    return compilerNanos(pid());
  }

  /** The same of this very process. */
  public static long ownCompilerNanos() {
    return CompilerTime.of(ProcessHandle.current().pid());
  }

  /** The same of any process of this user. */
  public static long compilerNanos(long pid) {
    return CompilerTime.of(pid);
  }

  /** Asks the process to drain and leave; true when it did so in time and said 0. */
  public boolean stop() throws InterruptedException {
    process.destroy();
    return process.waitFor(STOP_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  /** Waits for its end; false when that has not come within the time. */
  public boolean endsWithin(long millis) throws InterruptedException {
    return process.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  /** Completes when the process is gone. */
  public CompletableFuture<?> ended() {
    return process.onExit();
  }

  @Override
  public void close() {
    // Its children first: they would outlive it.
    process.descendants().toList().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
