package io.busbar.gateway.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Which local TCP ports are a process's own, by what the system says in /proc. */
final class SocketsOf {
  private static final int LOCAL_ADDRESS = 1;
  private static final int INODE = 9;

  private final long pid;

  /** A port keeps its owner while a test lasts: the system gives ephemeral ones out in turn. */
  private final Map<Integer, Boolean> known = new ConcurrentHashMap<>();

  SocketsOf(long pid) {
    this.pid = pid;
  }

  boolean has(int port) {
    return known.computeIfAbsent(port, this::look);
  }

  private boolean look(int port) {
    try {
      return inodes(port).anyMatch(inode -> isOpen("socket:[" + inode + "]"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> inodes(int port) throws IOException {
    String end = String.format(":%04X", port);
    Stream.Builder<String> inodes = Stream.builder();
    for (String table : List.of("tcp", "tcp6")) {
      for (String line : Files.readAllLines(Path.of("/proc/net", table))) {
        String[] fields = line.trim().split(" +", INODE + 2);
        if (fields.length > INODE && fields[LOCAL_ADDRESS].endsWith(end)) {
          inodes.add(fields[INODE]);
        }
      }
    }
    return inodes.build();
  }

  private boolean isOpen(String socket) {
    try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
      return open.anyMatch(file -> socket.equals(target(file)));
    } catch (NoSuchFileException ended) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String target(Path file) {
    try {
      return Files.readSymbolicLink(file).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }
}
