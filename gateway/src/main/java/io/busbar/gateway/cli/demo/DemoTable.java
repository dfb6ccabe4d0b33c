package io.busbar.gateway.cli.demo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What reached what: one row per front side, one column per worker. Thread-safe. */
final class DemoTable {
  private static final int CELL = 16;
  private static final String LEGEND =
      "ms: the last call, made while no other one ran, from its start to the last byte of its answer;"
          + " each path was warmed by one call before\n";

  private final List<String> rows;
  private final List<String> columns;
  private final Map<String, Cell> cells = new LinkedHashMap<>();

  DemoTable(List<String> rows, List<String> columns) {
    this.rows = rows;
    this.columns = columns;
  }

  private static final class Cell {
    private long ok;
    private long failed;
    private long lastMicros;
    private String problem;
  }

  /** Notes a call that only warmed its path: it counts when it failed. */
  synchronized void warmed(String row, String column, String problem) {
    if (problem != null) {
      note(row, column, 0, problem);
    }
  }

  /** Notes one call; {@code problem} null = it worked. */
  synchronized void note(String row, String column, long micros, String problem) {
    Cell cell = cells.computeIfAbsent(row + "\n" + column, key -> new Cell());
    cell.lastMicros = micros;
    if (problem == null) {
      cell.ok++;
    } else {
      cell.failed++;
      cell.problem = problem;
    }
  }

  /** Whether every cell was tried and none failed. */
  synchronized boolean allWorked() {
    return cells.size() == rows.size() * columns.size()
        && cells.values().stream().allMatch(cell -> cell.ok > 0 && cell.failed == 0);
  }

  /** As text, one line per row, failures explained below. */
  synchronized String render() {
    int first = rows.stream().mapToInt(String::length).max().orElse(0) + 2;
    StringBuilder text = new StringBuilder(pad("", first));
    columns.forEach(column -> text.append(pad(column, CELL)));
    text.append('\n');
    StringBuilder problems = new StringBuilder();
    for (String row : rows) {
      text.append(pad(row, first));
      for (String column : columns) {
        Cell cell = cells.get(row + "\n" + column);
        text.append(pad(show(cell), CELL));
        if (cell != null && cell.problem != null) {
          problems.append("  ").append(row).append(" -> ").append(column).append(": ");
          problems.append(cell.problem).append('\n');
        }
      }
      text.append('\n');
    }
    return text.append(problems).append(LEGEND).toString();
  }

  private static String show(Cell cell) {
    if (cell == null) {
      return "…";
    }
    String count = cell.failed == 0 ? "ok " + cell.ok : "FAILED " + cell.failed;
    return count + String.format(" %.1fms", cell.lastMicros / 1000.0);
  }

  private static String pad(String text, int width) {
    return text.length() >= width ? text + " " : text + " ".repeat(width - text.length());
  }
}
