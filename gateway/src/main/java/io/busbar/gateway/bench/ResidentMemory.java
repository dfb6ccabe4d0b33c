package io.busbar.gateway.bench;

import io.busbar.gateway.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/** Memory of processes as Linux counts it. */
final class ResidentMemory {
  /** Where a part of the heap begins, and where its last page would end. */
  private static final Pattern RANGE =
      Pattern.compile("\\[0x([0-9a-f]+), 0x([0-9a-f]+)(?:, 0x([0-9a-f]+))?\\)");

  private static final Pattern MAPPING = Pattern.compile("([0-9a-f]+)-[0-9a-f]+ ");

  private ResidentMemory() {}

  /** Of a process and those it started, in bytes. */
  static long bytes(ChildProcess process) throws IOException {
    ProcessHandle first = ProcessHandle.of(process.pid()).orElseThrow();
    LongStream.Builder pids = LongStream.builder().add(first.pid());
    first.descendants().forEach(child -> pids.add(child.pid()));
    long kib = 0;
    for (long pid : pids.build().toArray()) {
      kib += kib(pid);
    }
    return kib * 1024;
  }

  /**
   * Of a JVM without its heap, whose pages are resident or not by what was allocated and thrown
   * away. In bytes; with the heap where the JVM or the system does not say where that is.
   */
  static long outsideHeap(ChildProcess process) throws IOException {
    List<long[]> heap = new ArrayList<>();
    for (String line : Profile.jcmd(process, "GC.heap_info")) {
      Matcher range = RANGE.matcher(line);
      if (range.find()) {
        String end = range.group(3) == null ? range.group(2) : range.group(3);
        heap.add(new long[] {Long.parseUnsignedLong(range.group(1), 16), Long.parseLong(end, 16)});
      }
    }
    return bytes(process) - 1024 * heapKib(process.pid(), heap);
  }

  private static long heapKib(long pid, List<long[]> heap) throws IOException {
    Path maps = Path.of("/proc", Long.toString(pid), "smaps");
    if (!Files.isReadable(maps)) {
      return 0;
    }
    long kib = 0;
    boolean inside = false;
    for (String line : Files.readAllLines(maps)) {
      Matcher begins = MAPPING.matcher(line);
      if (begins.lookingAt()) {
        long at = Long.parseUnsignedLong(begins.group(1), 16);
        inside = heap.stream().anyMatch(part -> at >= part[0] && at < part[1]);
      } else if (inside && line.startsWith("Rss:")) {
        kib += Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    return kib;
  }

  /** 0 where the system does not tell. */
  private static long kib(long pid) throws IOException {
    Path status = Path.of("/proc", Long.toString(pid), "status");
    if (!Files.isReadable(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .sum();
  }
}
