package io.busbar.gateway.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A Python program that goes on until it is closed, and what it prints. */
public final class PythonProcess implements AutoCloseable {
  private final Process process;
  private final BlockingQueue<String> results = new LinkedBlockingQueue<>();
  private final StringBuilder log = new StringBuilder();
  private final Thread killer;

  private PythonProcess(String name, Process process) {
    this.process = process;
    this.killer = new Thread(process::destroyForcibly, "kill-" + name);
    Runtime.getRuntime().addShutdownHook(killer);
    Thread reader = new Thread(this::read, "output-" + name);
    reader.setDaemon(true);
    reader.start();
  }

  static PythonProcess read(String name, Process process) {
    return new PythonProcess(name, process);
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        keep(line);
        if (line.startsWith("{")) {
          results.add(line);
        }
      }
    } catch (IOException e) {
      keep("output ended: " + e.getMessage());
    }
  }

  private void keep(String line) {
    synchronized (log) {
      log.append(line).append('\n');
    }
  }

  /** The next line that holds a JSON object. */
  public String result(long seconds) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    String line = null;
    while (line == null && System.nanoTime() < end) {
      line = results.poll(1, TimeUnit.SECONDS);
      if (line == null && !process.isAlive() && results.isEmpty()) {
        break;
      }
    }
    if (line == null) {
      throw new AssertionError("no result, alive=" + process.isAlive() + "\n" + log());
    }
    return line;
  }

  /** Lets a script go on that reads a line. */
  public void goOn() throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
  }

  public String log() {
    synchronized (log) {
      return log.toString();
    }
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
