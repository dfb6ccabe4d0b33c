package io.busbar.ownership.impl;

import io.busbar.bus.Lane;
import io.busbar.ownership.OwnerRecord;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads of one lane. Each is answered by the member that holds the entry, from what is there after
 * the read was asked for. Reads of one turn for one member share a message; while two messages are
 * on their way to a member the next reads wait for one of them, so that under load messages grow
 * and their number does not.
 */
final class LaneReads {
  private static final int MOST_IN_FLIGHT = 2;
  private static final int MOST_KEYS = 512;

  /** Reads that wait for a member; more go on their own. */
  private static final int MOST_WAITING = 10_000;

  private final OwnershipNode node;
  private final Lane lane;
  private final Map<Object, Place> places = new HashMap<>();
  private boolean planned;

  LaneReads(OwnershipNode node, Lane lane) {
    this.node = node;
    this.lane = lane;
  }

  /** Reads for one member. */
  private static final class Place {
    private final Map<String, List<Promise<OwnerRecord>>> waiting = new LinkedHashMap<>();
    private int inFlight;
  }

  Future<OwnerRecord> get(String key) {
    Place place = places.computeIfAbsent(node.store().place(key), p -> new Place());
    if (place.waiting.size() >= MOST_WAITING) {
      return node.onLane(node.store().get(key), lane);
    }
    Promise<OwnerRecord> read = Promise.promise();
    place.waiting.computeIfAbsent(key, k -> new ArrayList<>(1)).add(read);
    if (!planned) {
      planned = true;
      lane.context().runOnContext(v -> turn());
    }
    return read.future();
  }

  private void turn() {
    planned = false;
    places.values().forEach(this::ask);
    // Members come and go.
    places.values().removeIf(place -> place.inFlight == 0 && place.waiting.isEmpty());
  }

  private void ask(Place place) {
    while (!place.waiting.isEmpty() && place.inFlight < MOST_IN_FLIGHT) {
      Map<String, List<Promise<OwnerRecord>>> some = place.waiting;
      if (some.size() > MOST_KEYS) {
        some = first(place.waiting);
      } else {
        some = new LinkedHashMap<>(some);
        place.waiting.clear();
      }
      place.inFlight++;
      read(some)
          .onComplete(
              done -> {
                place.inFlight--;
                ask(place);
              });
    }
  }

  private static Map<String, List<Promise<OwnerRecord>>> first(
      Map<String, List<Promise<OwnerRecord>>> waiting) {
    Map<String, List<Promise<OwnerRecord>>> first = new LinkedHashMap<>();
    Iterator<Map.Entry<String, List<Promise<OwnerRecord>>>> next = waiting.entrySet().iterator();
    while (first.size() < MOST_KEYS) {
      Map.Entry<String, List<Promise<OwnerRecord>>> one = next.next();
      first.put(one.getKey(), one.getValue());
      next.remove();
    }
    return first;
  }

  private Future<?> read(Map<String, List<Promise<OwnerRecord>>> some) {
    if (some.size() == 1) {
      return singly(some);
    }
    return node.onLane(node.store().getAll(Set.copyOf(some.keySet())), lane)
        .onSuccess(
            records ->
                some.forEach(
                    (key, reads) -> reads.forEach(read -> read.complete(records.get(key)))))
        .recover(cause -> singly(some).mapEmpty());
  }

  /** One failure is then not all reads' failure. */
  private Future<?> singly(Map<String, List<Promise<OwnerRecord>>> some) {
    List<Future<?>> asked = new ArrayList<>();
    some.forEach(
        (key, reads) ->
            asked.add(
                node.onLane(node.store().get(key), lane)
                    .onComplete(done -> reads.forEach(read -> read.handle(done)))));
    return Future.join(asked).otherwiseEmpty();
  }
}
