package io.busbar.security;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * TLS of one port, whose servers (one per lane) follow the files. Thread-safe.
 *
 * <p>Before {@code listen}: {@link #applyTo}. After it: {@link #follow}.
 */
public final class TlsPort {

  private final String name;
  private final TlsFiles files;
  private final TlsObserver observer;
  private final Map<Object, Function<ServerSSLOptions, Future<Boolean>>> servers =
      new ConcurrentHashMap<>();
  private final TlsMaterial first;
  private volatile TlsMaterial material;

  TlsPort(String name, TlsFiles files, TlsMaterial material, TlsObserver observer) {
    this.name = name;
    this.files = files;
    this.first = material;
    this.material = material;
    this.observer = observer;
  }

  String name() {
    return name;
  }

  TlsFiles files() {
    return files;
  }

  /** What new connections are given now. */
  public TlsMaterial material() {
    return material;
  }

  /** Turns TLS on with the current files. */
  public HttpServerOptions applyTo(HttpServerOptions options) {
    return material.applyTo(options);
  }

  /** Keeps a listening server in step with the files until {@link #forget}. */
  public void follow(HttpServer server) {
    follow(server, options -> server.updateSSLOptions(options, true));
  }

  /**
   * The same for any kind of server.
   *
   * @param update gives it new options
   */
  public void follow(Object server, Function<ServerSSLOptions, Future<Boolean>> update) {
    servers.put(server, update);
    // The server may have been made before the last change.
    if (material != first) {
      update(update, material);
    }
  }

  /** The server closes. */
  public void forget(Object server) {
    servers.remove(server);
  }

  /** Reads the files again. Blocks. */
  synchronized void refresh() {
    TlsMaterial fresh;
    try {
      fresh = TlsMaterial.read(files);
    } catch (TlsFileException e) {
      observer.refused(name, e.getMessage());
      return;
    }
    if (!fresh.sameAs(material)) {
      material = fresh;
      servers.values().forEach(update -> update(update, fresh));
      observer.reloaded(name, fresh.expires());
    }
  }

  private void update(Function<ServerSSLOptions, Future<Boolean>> update, TlsMaterial fresh) {
    update
        .apply(fresh.serverOptions())
        .onFailure(e -> observer.refused(name, String.valueOf(e.getMessage())));
  }
}
