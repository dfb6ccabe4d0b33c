package io.busbar.security;

import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * TLS of one port, whose servers (one per lane) follow the files. Thread-safe.
 *
 * <p>Before {@code listen}: {@link #applyTo}. After it: {@link #follow}.
 */
public final class TlsPort {

  private final String name;
  private final TlsFiles files;
  private final TlsObserver observer;
  private final List<HttpServer> servers = new CopyOnWriteArrayList<>();
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
    servers.add(server);
    // The server may have been made before the last change.
    if (material != first) {
      update(server, material);
    }
  }

  /** The server closes. */
  public void forget(HttpServer server) {
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
      servers.forEach(server -> update(server, fresh));
      observer.reloaded(name, fresh.expires());
    }
  }

  private void update(HttpServer server, TlsMaterial fresh) {
    server
        .updateSSLOptions(fresh.serverOptions(), true)
        .onFailure(e -> observer.refused(name, String.valueOf(e.getMessage())));
  }
}
