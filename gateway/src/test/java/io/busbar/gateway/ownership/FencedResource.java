package io.busbar.gateway.ownership;

import io.busbar.ownership.Fence;
import io.busbar.ownership.Holder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the owners write to, over TCP, one line per write. It judges by a {@link Fence} per key and
 * nothing else, and records all that it was told, for a checker that does not trust the fence.
 */
final class FencedResource implements AutoCloseable {
  private final ServerSocket server;
  private final List<Socket> sockets = new ArrayList<>();
  private final Map<String, Fence> fences = new HashMap<>();
  private final List<Told> history = new ArrayList<>();

  /** Who wrote each key last; kept up, since tests ask again and again while much is written. */
  private final Map<String, String> writers = new HashMap<>();

  /** Places in the history of each host's writes, in order. */
  private final Map<String, List<Integer>> accepted = new HashMap<>();

  private final Map<String, List<Integer>> refused = new HashMap<>();

  /** Writers at places in the history that were asked for. */
  private final Map<Integer, Map<String, String>> formerWriters = new HashMap<>();

  /**
   * One line.
   *
   * @param grant a claim was granted; else a write
   * @param verdict null for a grant
   */
  record Told(boolean grant, String key, long epoch, Holder holder, Fence.Verdict verdict) {
    boolean accepted() {
      return verdict == Fence.Verdict.ACCEPTED;
    }
  }

  FencedResource() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    daemon(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  private static void daemon(Runnable action) {
    Thread thread = new Thread(action, "fenced-resource");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        synchronized (this) {
          sockets.add(socket);
        }
        daemon(() -> serve(socket));
      }
    } catch (IOException e) {
      if (!server.isClosed()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void serve(Socket socket) {
    try (BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        Writer out =
            new java.io.OutputStreamWriter(socket.getOutputStream(), StandardCharsets.UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        out.write(judge(line) + "\n");
        if (!in.ready()) {
          out.flush();
        }
      }
    } catch (IOException killed) {
      // The end of an owner; what it said before counts.
      closeQuietly(socket);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized String judge(String line) {
    String[] parts = line.split(" ", -1);
    Holder holder = new Holder(parts[3], Long.parseLong(parts[4]));
    long epoch = Long.parseLong(parts[2]);
    if (parts[0].equals("G")) {
      history.add(new Told(true, parts[1], epoch, holder, null));
      return "A";
    }
    Fence.Verdict verdict =
        fences.computeIfAbsent(parts[1], key -> new Fence()).check(epoch, holder);
    Told told = new Told(false, parts[1], epoch, holder, verdict);
    if (told.accepted()) {
      writers.put(told.key(), holder.host());
      places(accepted, holder.host()).add(history.size());
    } else if (verdict == Fence.Verdict.STALE) {
      places(refused, holder.host()).add(history.size());
    }
    history.add(told);
    return told.accepted() ? "A" : "R";
  }

  synchronized List<Told> history() {
    return List.copyOf(history);
  }

  /** Writes accepted from a host since a place in the history. */
  synchronized long accepted(String host, int since) {
    return since(places(accepted, host), since);
  }

  /** Writes refused to a host since then. */
  synchronized long refused(String host, int since) {
    return since(places(refused, host), since);
  }

  private static List<Integer> places(Map<String, List<Integer>> of, String host) {
    return of.computeIfAbsent(host, h -> new ArrayList<>());
  }

  private static int since(List<Integer> places, int since) {
    int found = Collections.binarySearch(places, since);
    return places.size() - (found < 0 ? -found - 1 : found);
  }

  /** Keys that a host was the last to write. */
  synchronized long heldBy(String host) {
    return writers.values().stream().filter(host::equals).count();
  }

  /** Keys whose newest accepted writer was that host at a place in the history, and is not now. */
  synchronized long lostBy(String host, int since) {
    Map<String, String> then =
        formerWriters.computeIfAbsent(since, place -> writers(history.subList(0, place)));
    return then.entrySet().stream()
        .filter(entry -> entry.getValue().equals(host))
        .filter(entry -> !writers.get(entry.getKey()).equals(host))
        .count();
  }

  private static Map<String, String> writers(List<Told> told) {
    Map<String, String> writers = new HashMap<>();
    for (Told one : told) {
      if (one.accepted()) {
        writers.put(one.key(), one.holder().host());
      }
    }
    return writers;
  }

  synchronized int size() {
    return history.size();
  }

  @Override
  public synchronized void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
