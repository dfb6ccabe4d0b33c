package io.busbar.testing;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntPredicate;

/**
 * A link between two sockets on loopback that can be cut: connections are reset in the middle of
 * what they carry, and refused while it stays cut; or that falls silent for some of its clients, as
 * a network does that drops packets. Threads of its own.
 */
public final class TcpProxy implements Closeable {
  private final ServerSocket server;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Set<Integer> clients = ConcurrentHashMap.newKeySet();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong cuts = new AtomicLong();
  private volatile long cutEvery = Long.MAX_VALUE;
  private volatile long cutsWanted;
  private volatile long step;
  private volatile boolean refusing;
  private IntPredicate silenced = port -> false;
  private volatile boolean closed;

  private TcpProxy(ServerSocket server, int target) {
    this.server = server;
    this.target = target;
  }

  /** Starts one on a free port, in front of the target port. */
  public static TcpProxy to(int target) throws IOException {
    TcpProxy proxy =
        new TcpProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target);
    proxy.thread(proxy::accept);
    return proxy;
  }

  public int port() {
    return server.getLocalPort();
  }

  /** Ports of all clients whose connections were carried so far. */
  public Set<Integer> clients() {
    return Set.copyOf(clients);
  }

  /** Bytes carried in both directions. */
  public long bytes() {
    return bytes.get();
  }

  /** Resets all connections; new ones are carried. */
  public void cut() {
    for (Socket socket : sockets) {
      reset(socket);
    }
  }

  /**
   * Cuts by itself whenever so many more bytes were carried: what it has in hand then is lost.
   *
   * @param times how often, from now on
   */
  public void cutEvery(long carried, int times) {
    cutsWanted = cuts.get() + times;
    cutEvery = bytes.get() + carried;
    step = carried;
  }

  /** Cuts made by {@link #cutEvery} so far. */
  public long cuts() {
    return cuts.get();
  }

  private synchronized boolean isTimeToCut() {
    if (bytes.get() < cutEvery || cuts.get() >= cutsWanted) {
      return false;
    }
    cutEvery = bytes.get() + step;
    cuts.incrementAndGet();
    return true;
  }

  /** Resets all connections, and each new one until {@link #mend}. */
  public void cutForGood() {
    refusing = true;
    cut();
  }

  /**
   * Nothing passes for clients whose port is named, in either direction, and nobody is told: what
   * they send, the end of a connection too, waits until {@link #mend}.
   */
  public synchronized void silence(IntPredicate clients) {
    silenced = clients;
  }

  /** Whatever was refused or held back passes again. */
  public synchronized void mend() {
    refusing = false;
    silenced = port -> false;
    notifyAll();
  }

  /** Waits while the client is silenced; whether it had to. */
  private synchronized boolean held(int client) {
    boolean held = false;
    while (!closed && silenced.test(client)) {
      held = true;
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return held;
      }
    }
    return held;
  }

  private void thread(Runnable work) {
    Thread thread = new Thread(work, "tcp-proxy-" + port());
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!closed) {
      try {
        Socket in = server.accept();
        if (refusing) {
          reset(in);
          continue;
        }
        sockets.add(in);
        thread(() -> carry(in));
      } catch (IOException e) {
        // The server socket was closed: nobody can come any more.
        if (server.isClosed()) {
          return;
        }
      }
    }
  }

  private void carry(Socket in) {
    if (held(in.getPort())) {
      // It knocked at a silent door, for longer than a client waits.
      reset(in);
      return;
    }
    clients.add(in.getPort());
    try {
      Socket out = new Socket(InetAddress.getLoopbackAddress(), target);
      sockets.add(out);
      in.setTcpNoDelay(true);
      out.setTcpNoDelay(true);
      thread(() -> copy(in, out, in.getPort()));
      copy(out, in, in.getPort());
    } catch (IOException e) {
      // The target is not there: the client sees it.
      reset(in);
    }
  }

  private void copy(Socket from, Socket to, int client) {
    byte[] buffer = new byte[32 << 10];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        bytes.addAndGet(n);
        if (isTimeToCut()) {
          cut();
          return;
        }
        held(client);
        out.write(buffer, 0, n);
      }
      held(client);
      to.shutdownOutput();
    } catch (IOException e) {
      held(client);
      reset(from);
      reset(to);
    }
  }

  private void reset(Socket socket) {
    sockets.remove(socket);
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      sockets.remove(socket);
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    server.close();
    mend();
    cut();
  }
}
