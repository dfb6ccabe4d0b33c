package io.busbar.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports for servers that must be told theirs before they bind it. They lie below those that
 * operating systems give to connections and to servers that ask for any port, so nobody gets one in
 * between by chance, and this JVM tells each only once.
 */
public final class FreePorts {
  private static final int LOWEST = 10_500;
  private static final int HIGHEST = 30_000;

  /** Each JVM begins somewhere else. */
  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(HIGHEST - LOWEST));

  private FreePorts() {}

  /** One that nobody listens at. */
  public static int one() throws IOException {
    return row(1);
  }

  /** The first of so many in a row that nobody listens at. */
  public static int row(int count) throws IOException {
    for (int tries = 0; tries < 200; tries++) {
      int first = LOWEST + Math.floorMod(NEXT.getAndAdd(count), HIGHEST - LOWEST);
      if (areFree(first, count)) {
        return first;
      }
    }
    throw new IOException("no " + count + " free ports in a row from " + LOWEST + " on");
  }

  private static boolean areFree(int first, int count) {
    for (int port = first; port < first + count; port++) {
      try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        probe.setReuseAddress(true);
      } catch (IOException inUse) {
        return false;
      }
    }
    return true;
  }
}
