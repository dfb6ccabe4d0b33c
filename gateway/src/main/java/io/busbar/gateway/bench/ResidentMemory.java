package io.busbar.gateway.bench;

import io.busbar.gateway.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.LongStream;

/** Memory of processes as Linux counts it. */
final class ResidentMemory {
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
