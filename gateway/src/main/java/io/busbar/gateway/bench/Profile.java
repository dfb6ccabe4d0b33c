package io.busbar.gateway.bench;

import io.busbar.gateway.process.ChildProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

/** Where a server process spends its time and what it allocates, by the JVM's flight recorder. */
final class Profile {
  private static final int TOP = 12;
  private static final String NAME = "bench";

  private final ChildProcess process;

  private Profile(ChildProcess process) {
    this.process = process;
  }

  /** Starts recording in that process. */
  static Profile start(ChildProcess process) throws IOException {
    jcmd(process, "JFR.start", "name=" + NAME, "settings=profile");
    return new Profile(process);
  }

  /** Ends the recording; its most frequent entries as text. */
  String stop() throws IOException {
    Path file = Files.createTempFile("busbar-bench-", ".jfr");
    try {
      jcmd(process, "JFR.stop", "name=" + NAME, "filename=" + file);
      return summary(file);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private String summary(Path file) throws IOException {
    Map<String, Double> methods = new HashMap<>();
    Map<String, Double> parts = new HashMap<>();
    Map<String, Double> classes = new HashMap<>();
    try (RecordingFile events = new RecordingFile(file)) {
      while (events.hasMoreEvents()) {
        RecordedEvent event = events.readEvent();
        RecordedStackTrace stack = event.getStackTrace();
        switch (event.getEventType().getName()) {
          case "jdk.ExecutionSample" -> {
            methods.merge(frame(stack, ""), 1.0, Double::sum);
            parts.merge(frame(stack, "io.busbar"), 1.0, Double::sum);
          }
          case "jdk.ObjectAllocationSample" ->
              classes.merge(
                  allocated(event) + " in " + frame(stack, "io.busbar"),
                  (double) event.getLong("weight"),
                  Double::sum);
          default -> {
            // Other events of the recording say nothing here.
          }
        }
      }
    }
    return top("CPU, by method", methods)
        + top("CPU, by the innermost Busbar method", parts)
        + top("allocated bytes", classes);
  }

  private static String allocated(RecordedEvent event) {
    RecordedClass type = event.getClass("objectClass");
    return type == null ? "?" : type.getName();
  }

  /** The innermost frame of a method whose class name starts so. */
  private static String frame(RecordedStackTrace stack, String start) {
    if (stack == null) {
      return "?";
    }
    for (RecordedFrame frame : stack.getFrames()) {
      String type = frame.getMethod().getType().getName();
      if (type.startsWith(start)) {
        return type + "." + frame.getMethod().getName();
      }
    }
    return "other";
  }

  private String top(String title, Map<String, Double> shares) {
    double sum = Math.max(1, shares.values().stream().mapToDouble(Double::doubleValue).sum());
    StringBuilder out = new StringBuilder("\n" + process.name() + ": " + title + "\n");
    shares.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .limit(TOP)
        .forEach(
            e ->
                out.append(
                    String.format(
                        Locale.ROOT, "  %5.1f %%  %s%n", 100 * e.getValue() / sum, e.getKey())));
    return out.toString();
  }

  /** Live objects of a process after a full collection, in bytes. */
  static long liveBytes(ChildProcess process) throws IOException {
    List<String> lines = jcmd(process, "GC.class_histogram");
    String last = lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    String[] words = last.trim().split("\\s+", -1);
    if (words.length != 3 || !words[0].equals("Total")) {
      throw new IOException(
          "jcmd " + process.pid() + ": '" + last + "', expected Total INSTANCES BYTES");
    }
    return Long.parseLong(words[2]);
  }

  /** What a JVM answers to a diagnostic command, without blank lines. */
  static List<String> jcmd(ChildProcess process, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
    command.add(Long.toString(process.pid()));
    command.addAll(List.of(arguments));
    Process run = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> lines = new ArrayList<>();
    try (BufferedReader output = run.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (!line.isBlank()) {
          lines.add(line);
        }
      }
    }
    return lines;
  }
}
