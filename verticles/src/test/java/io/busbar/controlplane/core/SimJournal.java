package io.busbar.controlplane.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The resource: an append-only log per key that remembers the largest epoch and its holder. */
final class SimJournal {
  /** An accepted append. */
  record Entry(long epoch, HostName holder, long value) {}

  private static final class Log {
    final List<Entry> entries = new ArrayList<>();
    long epoch;
    HostName holder;
  }

  private final Map<String, Log> logs = new HashMap<>();
  private final boolean checks;

  SimJournal(boolean checks) {
    this.checks = checks;
  }

  /** Shuts out lower epochs and gives what was written so far; null = refused. */
  List<Long> open(String key, long epoch, HostName holder) {
    Log log = logs.computeIfAbsent(key, k -> new Log());
    return admits(log, epoch, holder) ? values(log) : null;
  }

  /** Whether the value was taken. */
  boolean append(String key, long epoch, HostName holder, long value) {
    Log log = logs.computeIfAbsent(key, k -> new Log());
    if (!admits(log, epoch, holder)) {
      return false;
    }
    log.entries.add(new Entry(epoch, holder, value));
    return true;
  }

  private boolean admits(Log log, long epoch, HostName holder) {
    boolean old = epoch < log.epoch || (epoch == log.epoch && !holder.equals(log.holder));
    if (old && checks) {
      return false;
    }
    log.epoch = epoch;
    log.holder = holder;
    return true;
  }

  List<Long> values(String key) {
    Log log = logs.get(key);
    return log == null ? List.of() : values(log);
  }

  List<Entry> entries(String key) {
    Log log = logs.get(key);
    return log == null ? List.of() : log.entries;
  }

  private static List<Long> values(Log log) {
    return log.entries.stream().map(Entry::value).toList();
  }
}
