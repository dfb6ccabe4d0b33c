package io.busbar.gateway.bench;

import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;

/** A store of owners under test, with one client. Use it on its context. */
interface OwnerStoreSide {
  String name();

  /** All processes that work for it. */
  List<Farm.Server> servers();

  Context context();

  /** Opens the sessions, or leases, that the keys will belong to. */
  Future<?> begin(int sessions);

  /** Makes a session own a key that is free. The answers of all three fail if it did not work. */
  Future<?> claim(String key, int session);

  /** Renews a session, and with it all its keys. */
  Future<?> renew(int session);

  /** Reads who owns a key that is owned. */
  Future<?> read(String key);

  void close() throws Exception;
}
