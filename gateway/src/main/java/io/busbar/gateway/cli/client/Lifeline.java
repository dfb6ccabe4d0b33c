package io.busbar.gateway.cli.client;

import io.busbar.gateway.cli.CliException;
import io.busbar.gateway.cli.ExitCode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/**
 * A silent connection to a port that a process keeps open until its end. It may be closed before,
 * by a limit on idle ones; only a port that takes no new one means that the process is gone.
 */
final class Lifeline implements AutoCloseable {
  private static final int CONNECT_MILLIS = 5000;

  private final InetSocketAddress address;
  private Socket socket;

  private Lifeline(InetSocketAddress address, Socket socket) {
    this.address = address;
    this.socket = socket;
  }

  /** Connects to {@code host:port}; a {@link CliException} when that cannot be done. */
  static Lifeline to(String hostPort) {
    int colon = hostPort.lastIndexOf(':');
    try {
      if (colon <= 0) {
        throw new IOException("it has none");
      }
      InetSocketAddress address =
          new InetSocketAddress(
              hostPort.substring(0, colon).replaceAll("^\\[|]$", ""),
              Integer.parseInt(hostPort.substring(colon + 1)));
      return new Lifeline(address, connect(address));
    } catch (IOException | NumberFormatException e) {
      throw new CliException(
          ExitCode.FAILED,
          "no other node can tell when this one is gone, and its management port is not reachable"
              + " from here ("
              + e.getMessage()
              + "); drain it without --wait");
    }
  }

  private static Socket connect(InetSocketAddress address) throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(address, CONNECT_MILLIS);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    return socket;
  }

  /**
   * Blocks until the process is gone, or until that time.
   *
   * @param until by {@link System#nanoTime()}
   * @return whether it is gone
   */
  boolean ended(long until) {
    while (true) {
      long left = (until - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      if (lost((int) Math.min(left, Integer.MAX_VALUE)) && !again()) {
        return true;
      }
    }
  }

  /** Waits for the end of the connection; false when the time was over first. */
  private boolean lost(int millis) {
    try {
      socket.setSoTimeout(millis);
      int read = socket.getInputStream().read();
      while (read >= 0) {
        read = socket.getInputStream().read();
      }
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      // A reset is an end, too.
      return true;
    }
  }

  private boolean again() {
    close();
    try {
      socket = connect(address);
      return true;
    } catch (IOException e) {
      // Nobody listens any more: what was waited for.
      return false;
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new CliException(ExitCode.FAILED, "a connection cannot be closed: " + e.getMessage());
    }
  }
}
