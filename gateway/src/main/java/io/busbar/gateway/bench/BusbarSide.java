package io.busbar.gateway.bench;

import io.busbar.ownership.Claim;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerCode;
import io.busbar.ownership.Ownership;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;

/**
 * Ownership as a member of the cluster uses it: one connection to each node, requests go to the
 * node that has the key's entry.
 */
final class BusbarSide implements OwnerStoreSide {
  private static final long SESSION_MILLIS = 3_600_000;
  private static final long OPEN_SECONDS = 30;

  private final String name;
  private final List<Farm.Server> servers;
  private final Joined joined;
  private final Context context;
  private final Ownership ownership;
  private final List<Holder> sessions = new ArrayList<>();

  private BusbarSide(
      String name, List<Farm.Server> servers, Joined joined, Context context, Ownership ownership) {
    this.name = name;
    this.servers = servers;
    this.joined = joined;
    this.context = context;
    this.ownership = ownership;
  }

  /** Joins the cluster of these nodes. Blocks. */
  static BusbarSide open(String name, String cluster, List<Farm.Server> nodes) throws Exception {
    String seed = nodes.get(0).ready().values().get("cluster");
    Joined joined = Joined.join(name + "-client", cluster, seed);
    Context context = joined.vertx().getOrCreateContext();
    Promise<Ownership> ownership = Promise.promise();
    context.runOnContext(v -> ownership.complete(joined.busbar().ownership()));
    return new BusbarSide(
        name, nodes, joined, context, Target.await(ownership.future(), OPEN_SECONDS));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<Farm.Server> servers() {
    return servers;
  }

  @Override
  public Context context() {
    return context;
  }

  Ownership ownership() {
    return ownership;
  }

  @Override
  public Future<?> begin(int count) {
    long life = System.currentTimeMillis();
    List<Future<?>> begun = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Holder holder = new Holder("bench-" + i, life);
      sessions.add(holder);
      begun.add(ownership.renewSession(holder, SESSION_MILLIS));
    }
    return Future.all(begun);
  }

  @Override
  public Future<?> claim(String key, int session) {
    return ownership
        .claim(Claim.of(key, sessions.get(session)))
        .map(
            answer -> {
              if (answer.code() != OwnerCode.GRANTED) {
                throw new IllegalStateException("claim of " + key + ": " + answer.code());
              }
              return answer;
            });
  }

  @Override
  public Future<?> renew(int session) {
    return ownership
        .renewSession(sessions.get(session), SESSION_MILLIS)
        .map(
            alive -> {
              if (!alive) {
                throw new IllegalStateException("session " + session + " is over");
              }
              return alive;
            });
  }

  @Override
  public Future<?> read(String key) {
    return ownership
        .get(key)
        .map(
            record -> {
              if (record == null || !record.isHeld()) {
                throw new IllegalStateException(key + " has no owner");
              }
              return record;
            });
  }

  @Override
  public void close() throws Exception {
    joined.close();
  }
}
