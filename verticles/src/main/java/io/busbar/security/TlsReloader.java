package io.busbar.security;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Watches the directories of TLS files on one daemon thread, so that renewed certificates are used
 * without a restart. Changes are seen at once where the file system reports them, else within
 * {@link #RECHECK_SECONDS}. Open connections keep what they began with.
 */
public final class TlsReloader implements AutoCloseable {

  /** Some file systems (network mounts) report no changes: then this often. */
  static final long RECHECK_SECONDS = 60;

  /** Certificate and key are written one after the other: the pause that ends such a batch. */
  private static final long QUIET_MILLIS = 200;

  private final TlsObserver observer;
  private final WatchService watch;
  private final List<TlsPort> ports = new CopyOnWriteArrayList<>();
  private final Map<Path, WatchKey> watched = new HashMap<>();
  private final Thread thread;

  /**
   * Starts watching.
   *
   * @throws IOException if the system gives no watch, its limit being reached
   */
  public TlsReloader(TlsObserver observer) throws IOException {
    this.observer = observer;
    this.watch = FileSystems.getDefault().newWatchService();
    this.thread = new Thread(this::run, "busbar-tls-reload");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Reads the files of a port and follows them from now on. Blocks: for start-up.
   *
   * @param name of the port, for logs
   * @throws TlsFileException naming the file and what is wrong with it
   */
  public TlsPort open(String name, TlsFiles files) {
    TlsPort port = new TlsPort(name, files, TlsMaterial.read(files), observer);
    ports.add(port);
    watchAll();
    // What changed between reading and watching.
    port.refresh();
    return port;
  }

  private synchronized void watchAll() {
    for (TlsPort port : ports) {
      TlsFiles files = port.files();
      Stream.of(files.cert(), files.key(), files.ca())
          .filter(Objects::nonNull)
          .map(file -> file.toAbsolutePath().getParent())
          .distinct()
          .forEach(directory -> watchOne(port, directory));
    }
  }

  private void watchOne(TlsPort port, Path directory) {
    WatchKey key = watched.get(directory);
    if (key != null && key.isValid()) {
      return;
    }
    try {
      watched.put(
          directory,
          directory.register(
              watch,
              StandardWatchEventKinds.ENTRY_CREATE,
              StandardWatchEventKinds.ENTRY_MODIFY,
              StandardWatchEventKinds.ENTRY_DELETE));
    } catch (IOException e) {
      observer.refused(port.name(), directory + ": cannot be watched: " + e.getMessage());
    }
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        WatchKey key = watch.poll(RECHECK_SECONDS, TimeUnit.SECONDS);
        while (key != null) {
          key.pollEvents();
          key.reset();
          key = watch.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS);
        }
        watchAll();
        ports.forEach(TlsPort::refresh);
      }
    } catch (InterruptedException | java.nio.file.ClosedWatchServiceException e) {
      // Closed: the thread ends.
      Thread.currentThread().interrupt();
    }
  }

  /** Stops watching; servers keep what they have. */
  @Override
  public void close() throws IOException {
    thread.interrupt();
    watch.close();
  }
}
