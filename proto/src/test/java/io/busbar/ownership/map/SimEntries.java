package io.busbar.ownership.map;

import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.internal.serialization.Data;
import com.hazelcast.internal.serialization.InternalSerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.spi.merge.MergingEntry;
import io.busbar.ownership.OwnerRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The entries of a cluster as Hazelcast keeps them, without Hazelcast: the first copy runs the
 * processor, the others get its backup processor, and the answer goes out when all of them have it.
 * Requests, answers and copies are lost, requests come twice and late; a copy that is older than
 * what is there is left out, as Hazelcast's replica versions see to. Processors go through the
 * product's serialization. Virtual time, one thread.
 */
final class SimEntries {
  static final String SESSION = "session/";
  private static final InternalSerializationService SERIALIZATION =
      new DefaultSerializationServiceBuilder()
          .addDataSerializableFactory(OwnerOperations.ID, new OwnerOperations())
          .build();

  private record Event(long at, long order, Runnable run) {}

  private record Merging(String key, byte[] value) implements MergingEntry<String, byte[]> {
    @Override
    public String getKey() {
      return key;
    }

    @Override
    public Object getRawKey() {
      return key;
    }

    @Override
    public byte[] getDeserializedValue() {
      return value;
    }

    @Override
    public Object getRawValue() {
      return value;
    }

    @Override
    public byte[] getValue() {
      return value;
    }
  }

  final SplittableRandom random;
  final List<SimMember> members = new ArrayList<>();
  final List<String> trace;
  BiConsumer<OwnerRecord, OwnerRecord> superseded = (loser, winner) -> {};
  Consumer<SimMember> started = member -> {};
  Consumer<String> endedByMerge = session -> {};
  boolean majorityCounts = true;
  boolean copiesConfirm = true;
  boolean higherEpochStands = true;
  boolean calm;
  long now;
  int merges;
  private final Set<SimMember> cutOff = new HashSet<>();
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
  private long order;

  SimEntries(SplittableRandom random, int count, boolean traced) {
    this.random = random;
    trace = traced ? new ArrayList<>() : null;
    for (int i = 0; i < count; i++) {
      members.add(new SimMember("n" + (i + 1), random.nextInt(6000) - 3000, this));
    }
    SimView all = new SimView(members);
    members.forEach(member -> member.view = all);
  }

  void say(String line) {
    if (trace != null) {
      trace.add(String.format("%7d %s", now, line));
    }
  }

  void after(long millis, Runnable what) {
    events.add(new Event(now + millis, order++, what));
  }

  /** The next event that is due until then; false = there is none. */
  boolean next(long until) {
    if (events.isEmpty() || events.peek().at() > until) {
      return false;
    }
    Event event = events.poll();
    now = event.at();
    event.run().run();
    return true;
  }

  int copies() {
    return 1 + members.size() / 2;
  }

  private boolean reach(SimMember one, SimMember other) {
    return one.up && other.up && cutOff.contains(one) == cutOff.contains(other);
  }

  /** Brings something from one to the other, or not. */
  private void carry(SimMember from, SimMember to, Runnable what) {
    if (!calm && from != to && random.nextInt(100) < 4) {
      return;
    }
    int life = to.life;
    long late = !calm && random.nextInt(40) == 0 ? random.nextInt(4000) : 0;
    after(
        1 + random.nextInt(10) + late,
        () -> {
          if (to.life == life && reach(from, to)) {
            what.run();
          }
        });
  }

  // ---- operations ----

  /** Null in the answer = there is no entry. */
  void read(SimMember asker, String key, Consumer<byte[]> answer) {
    SimView view = asker.view;
    SimMember first = view.first(key, copies());
    carry(
        asker,
        first,
        () -> {
          if (first.view == view && view.first(key, copies()) == first) {
            byte[] value = first.copies.get(key);
            carry(first, asker, () -> answer.accept(value));
          }
        });
  }

  /** Perhaps never answered, perhaps done twice. */
  void operate(
      SimMember asker,
      String key,
      EntryProcessor<String, byte[], byte[]> processor,
      Consumer<byte[]> answer) {
    Data wire = SERIALIZATION.toData(processor);
    SimView view = asker.view;
    SimMember first = view.first(key, copies());
    Runnable execute =
        () -> {
          if (first.view == view && view.first(key, copies()) == first) {
            execute(asker, first, key, wire, answer);
          }
        };
    carry(asker, first, execute);
    if (!calm && random.nextInt(15) == 0) {
      carry(asker, first, execute);
    }
  }

  private void execute(
      SimMember asker, SimMember first, String key, Data wire, Consumer<byte[]> answer) {
    EntryProcessor<String, byte[], byte[]> processor = at(first, wire);
    byte[] said = processor.process(first.entry(key));
    EntryProcessor<String, byte[], byte[]> copied = processor.getBackupProcessor();
    if (copied == null) {
      carry(first, asker, () -> answer.accept(said));
      return;
    }
    long version = order++;
    first.versions.put(key, version);
    SimView view = first.view;
    List<SimMember> at = view.places(key, copies());
    List<SimMember> others = List.copyOf(at.subList(1, at.size()));
    Set<SimMember> missing = new HashSet<>(copiesConfirm ? others : List.of());
    if (missing.isEmpty()) {
      carry(first, asker, () -> answer.accept(said));
    }
    Data backup = SERIALIZATION.toData(copied);
    for (SimMember other : others) {
      Runnable confirmed =
          () -> {
            if (missing.remove(other) && missing.isEmpty()) {
              carry(first, asker, () -> answer.accept(said));
            }
          };
      carry(
          first,
          other,
          () -> {
            if (other.view == view) {
              if (other.versions.getOrDefault(key, -1L) < version) {
                at(other, backup).process(other.entry(key));
                other.versions.put(key, version);
              }
              carry(other, first, confirmed);
            }
          });
    }
    after(50 + random.nextInt(300), () -> copy(view, key));
  }

  private static EntryProcessor<String, byte[], byte[]> at(SimMember member, Data wire) {
    EntryProcessor<String, byte[], byte[]> processor = SERIALIZATION.toObject(wire);
    ((HazelcastInstanceAware) processor).setHazelcastInstance(member.hazelcast);
    return processor;
  }

  /** What Hazelcast does for copies that missed something, or are new. */
  private void copy(SimView view, String key) {
    List<SimMember> at = view.places(key, copies());
    SimMember first = at.get(0);
    boolean again = false;
    for (SimMember other : at) {
      if (first.view == view && other.view == view && other != first && !same(first, other, key)) {
        if (reach(first, other)) {
          other.put(key, first.copies.get(key));
          other.versions.put(key, first.versions.getOrDefault(key, 0L));
        } else {
          again = true;
        }
      }
    }
    if (again) {
      after(200, () -> copy(view, key));
    }
  }

  private static boolean same(SimMember one, SimMember other, String key) {
    return one.versions.getOrDefault(key, 0L).equals(other.versions.getOrDefault(key, 0L));
  }

  private void copyAll(SimView view) {
    List.copyOf(view.places.keySet())
        .forEach(key -> after(20 + random.nextInt(300), () -> copy(view, key)));
  }

  boolean allSeeAll() {
    SimView view = members.get(0).view;
    return cutOff.isEmpty()
        && view.members.size() == members.size()
        && members.stream().allMatch(member -> member.up && member.view == view);
  }

  /** All see all, and all copies are there: a fault more loses no record. */
  boolean isWhole() {
    SimView view = members.get(0).view;
    return allSeeAll()
        && view.places.entrySet().stream()
            .allMatch(
                entry -> {
                  List<SimMember> at = view.places(entry.getKey(), copies());
                  return at.stream().allMatch(one -> same(at.get(0), one, entry.getKey()));
                });
  }

  // ---- faults ----

  void cut(Set<SimMember> off) {
    say("cut off " + new TreeSet<>(off.stream().map(one -> one.name).toList()));
    cutOff.addAll(off);
    for (boolean side : new boolean[] {true, false}) {
      after(
          100 + random.nextInt(4000),
          () ->
              members.stream()
                  .filter(one -> one.up && cutOff.contains(one) == side)
                  .forEach(this::notice));
    }
  }

  /** A member finds out whom it does not reach. */
  private void notice(SimMember member) {
    SimView view = member.view;
    List<SimMember> left = view.members.stream().filter(one -> reach(member, one)).toList();
    if (left.size() < view.members.size()) {
      SimView next = view.among(left);
      left.stream().filter(one -> one.view == view).forEach(one -> one.view = next);
      say(member + " sees " + left);
      copyAll(next);
    }
  }

  void heal() {
    say("healed");
    cutOff.clear();
    after(100 + random.nextInt(2000), this::merge);
  }

  void crash(SimMember member) {
    say(member + " crashes");
    member.up = false;
    member.life++;
    member.forget();
    after(
        100 + random.nextInt(3000),
        () -> members.stream().filter(one -> one.up).forEach(this::notice));
  }

  void start(SimMember member) {
    members.stream().filter(one -> one.up).forEach(this::notice);
    SimView view =
        members.stream()
            .filter(one -> one.up && one != member)
            .map(one -> one.view)
            .max(Comparator.comparingInt(one -> one.members.size()))
            .orElseGet(() -> new SimView(List.of()));
    member.up = true;
    member.view = view;
    view.members.add(member);
    say(member + " starts, there are " + view.members);
    copyAll(view);
    started.accept(member);
  }

  /** The smaller cluster's members begin anew in the larger one, with what they decided. */
  private void merge() {
    if (members.stream().noneMatch(one -> one.up)) {
      return;
    }
    SimView larger =
        members.stream()
            .filter(one -> one.up)
            .map(one -> one.view)
            .max(Comparator.comparingInt(one -> one.members.size()))
            .orElseThrow();
    for (SimMember member : members) {
      SimView smaller = member.view;
      if (!member.up || smaller == larger || !cutOff.isEmpty()) {
        continue;
      }
      merges++;
      for (SimMember one : smaller.members) {
        if (one.up && one.view == smaller) {
          one.view = larger;
        }
      }
      larger.members.removeIf(one -> !one.up);
      smaller.places.forEach(
          (key, at) -> {
            if (at.get(0).up && at.get(0).copies.containsKey(key)) {
              merge(larger, key, at.get(0).copies.get(key));
            }
          });
      for (SimMember one : smaller.members) {
        if (one.up && !larger.members.contains(one)) {
          one.forget();
          larger.members.add(one);
        }
      }
      say("merged into " + larger.members);
    }
    copyAll(larger);
  }

  private void merge(SimView larger, String key, byte[] value) {
    SimMember first = larger.first(key, copies());
    byte[] here = first.copies.get(key);
    Merging existing = here == null ? null : new Merging(key, here);
    byte[] winner;
    if (key.startsWith(SESSION)) {
      winner = (byte[]) new SessionMergePolicy().merge(new Merging(key, value), existing);
      if (OwnerCodec.session(winner).ended()) {
        endedByMerge.accept(key.substring(SESSION.length()));
      }
    } else if (higherEpochStands) {
      OwnerMergePolicy policy = new OwnerMergePolicy();
      policy.setHazelcastInstance(first.hazelcast);
      winner = (byte[]) policy.merge(new Merging(key, value), existing);
    } else {
      winner = value;
    }
    first.put(key, winner);
    first.versions.put(key, order++);
  }
}
