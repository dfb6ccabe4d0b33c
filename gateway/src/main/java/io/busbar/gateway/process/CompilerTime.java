package io.busbar.gateway.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What the compiler threads of a JVM have used, read from {@code /proc} where there is one. */
final class CompilerTime {
  /** Linux shows process times in hundredths of a second on every platform Java runs on. */
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private static final int USER_TIME = 11;
  private static final int SYSTEM_TIME = 12;

  private CompilerTime() {}

  static long of(long pid) {
    Path tasks = Path.of("/proc", Long.toString(pid), "task");
    if (!Files.isDirectory(tasks)) {
      return 0;
    }
    List<Path> threads;
    try (Stream<Path> all = Files.list(tasks)) {
      threads = all.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return threads.stream().mapToLong(CompilerTime::ofThread).sum();
  }

  private static long ofThread(Path thread) {
    try {
      String stat = Files.readString(thread.resolve("stat"));
      int name = stat.lastIndexOf(')');
      String[] fields = stat.substring(name + 2).split(" ");
      boolean compiler = stat.substring(0, name).contains("CompilerThre");
      return compiler
          ? (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME])) * TICK_NANOS
          : 0;
    } catch (IOException ended) {
      // The thread is gone, between the listing and the reading or within the reading.
      return 0;
    }
  }
}
